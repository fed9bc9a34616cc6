import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Receipt } from '../events/event.ts';
import {
  answers,
  event,
  eventBell,
  OK,
  ring,
  stack,
  STATUS,
  subscribe,
  useLanes,
  webhookBell,
} from './lanes.test-support.ts';

useLanes();
const { db } = stack;

interface LogRow {
  number: number;
  status: number | null;
  error: string | null;
  request_headers: string;
  response_headers: string | null;
  response_body: string | null;
}

function logRows(): Promise<LogRow[]> {
  return db.all<LogRow>(sql`select * from attempts order by n`);
}

describe('the log of attempts', () => {
  it('has one row per event for all that succeeded at the first try: its receipts', async () => {
    answers['ok.test'] = OK;
    answers['made.test'] = STATUS(201);
    const ids = [await subscribe('ok.test'), await subscribe('made.test')];
    const seq = await event();
    await ring(eventBell(seq));
    const row = await db.first<{ receipts: string }>(
      sql`select receipts from events where seq = ${seq}`,
    );
    const receipts: Receipt[] = JSON.parse(row?.receipts ?? '');
    expect(receipts.toSorted((a, b) => a.webhook - b.webhook)).toEqual([
      { webhook: ids[0], status: 200, ms: expect.any(Number), at: expect.any(Number) },
      { webhook: ids[1], status: 201, ms: expect.any(Number), at: expect.any(Number) },
    ]);
    expect(await logRows()).toEqual([]);
  });

  it('keeps of each failed attempt what was sent, secrets masked, and what came back', async () => {
    answers['down.test'] = async () =>
      new Response('Sorry, no "k" today', { status: 503, headers: { 'x-server': 'b7' } });
    await subscribe('down.test');
    await ring(eventBell(await event()));
    const [row] = await logRows();
    expect(row).toMatchObject({ number: 1, status: 503, error: null });
    expect(row?.response_body).toBe('Sorry, no "k" today');
    expect(JSON.parse(row?.response_headers ?? '')).toMatchObject({ 'x-server': 'b7' });
    expect(JSON.parse(row?.request_headers ?? '')).toMatchObject({
      'x-key': '***',
      'content-type': 'application/json',
      'webhook-id': expect.any(String),
    });
  });

  it('keeps nothing of what a receiver says about an event that is erased meanwhile', async () => {
    answers['down.test'] = async () => {
      await db.run(sql`update events set body = null, extended = null`);
      return new Response('No such customer: Ada', { status: 500 });
    };
    await subscribe('down.test');
    await ring(eventBell(await event()));
    expect(await logRows()).toMatchObject([
      { status: 500, response_headers: null, response_body: null },
    ]);
  });

  it('keeps why there was no answer', async () => {
    delete answers['away.test'];
    await subscribe('away.test');
    await ring(eventBell(await event()));
    expect(await logRows()).toMatchObject([
      { status: null, error: 'connection', response_headers: null, response_body: null },
    ]);
  });

  it('keeps each attempt of a delivery, the one that went well too', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    await ring(eventBell(await event()));
    await new Promise((resolve) => setTimeout(resolve, 5));
    answers['down.test'] = OK;
    await db.run(sql`update deliveries set next_at = 1`);
    await ring(webhookBell(id));
    expect(await logRows()).toMatchObject([
      { number: 1, status: 500 },
      { number: 2, status: 200, response_body: 'ok' },
    ]);
    expect(await db.first(sql`select state, attempts, status, error from deliveries`)).toEqual({
      state: 'delivered',
      attempts: 2,
      status: 200,
      error: null,
    });
  });
});
