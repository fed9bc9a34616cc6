import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { seal } from '../auth/secret-box.ts';
import {
  answers,
  deliveries,
  dialects,
  event,
  eventBell,
  OK,
  requests,
  ring,
  rung,
  stack,
  STATUS,
  subscribe,
  useLanes,
  webhookBell,
} from './lanes.test-support.ts';
import { OF_DIALECT, speakInParts } from './parts.test-support.ts';

useLanes();
const { db } = stack;

afterEach(() => {
  delete dialects.chattu;
});

/** What receivers were sent: the `webhook-id` and the number of the part. */
function sent(): [string, unknown][] {
  return requests.map(({ headers, body }) => [
    headers.get('webhook-id') ?? '',
    (JSON.parse(body) as { part: unknown }).part,
  ]);
}

async function idOf(seq: number): Promise<string> {
  const row = await db.first<{ id: string }>(sql`select id from events where seq = ${seq}`);
  return row?.id ?? '';
}

async function makeDue(): Promise<void> {
  await db.run(sql`update deliveries set next_at = 1 where state = 'due'`);
}

describe('a delivery of several parts', () => {
  it('sends them one after another, each with an id of its own', async () => {
    speakInParts(3);
    answers['parts.test'] = OK;
    const id = await subscribe('parts.test', OF_DIALECT);
    const seq = await event();
    await ring(eventBell(seq));
    expect(requests).toEqual([]);
    expect(rung).toEqual([id]);
    await ring(webhookBell(id));
    const delivery = `${await idOf(seq)}.${id}`;
    expect(sent()).toEqual([
      [delivery, 0],
      [`${delivery}.1`, 1],
      [`${delivery}.2`, 2],
    ]);
    expect(await db.all(sql`select state, part, attempts from deliveries`)).toEqual([
      { state: 'delivered', part: 2, attempts: 1 },
    ]);
    expect(await db.all(sql`select part, number, status from attempts order by at`)).toEqual([
      { part: 0, number: 1, status: 200 },
      { part: 1, number: 1, status: 200 },
      { part: 2, number: 1, status: 200 },
    ]);
    expect(await db.all(sql`select ordinal from marks`)).toHaveLength(1);
  });

  it('goes on at the part that failed, and leaves the rest waiting until then', async () => {
    speakInParts(3);
    let calls = 0;
    answers['parts.test'] = () => ((calls += 1) === 2 ? STATUS(500)() : OK());
    const id = await subscribe('parts.test', OF_DIALECT);
    await ring(eventBell(await event()));
    await ring(webhookBell(id));
    expect(sent().map(([, part]) => part)).toEqual([0, 1]);
    expect(await db.all(sql`select state, part, attempts from deliveries`)).toEqual([
      { state: 'due', part: 1, attempts: 1 },
    ]);
    expect(await db.all(sql`select * from marks`)).toEqual([]);
    await makeDue();
    await ring(webhookBell(id));
    expect(sent().map(([, part]) => part)).toEqual([0, 1, 1, 2]);
  });

  it('sends the same bytes again in a replay, from the first part on', async () => {
    speakInParts(2);
    answers['parts.test'] = OK;
    const id = await subscribe('parts.test', OF_DIALECT);
    await ring(eventBell(await event()));
    await ring(webhookBell(id));
    await db.run(sql`insert into replays (webhook_id, user_id, state, filter, cursor_seq, until_seq, total, per_second, next_at, created_at)
      select ${id}, 1, 'running', '{}', 0, max(seq), 1, 10, 1, 1 from events`);
    const replay = await db.first<{ id: number }>(sql`select id from replays`);
    await ring({ kind: 'replay', stack: 'default', replay: replay?.id });
    await ring(webhookBell(id));
    await db.run(sql`delete from replays`);
    expect(requests).toHaveLength(4);
    expect(requests.slice(2).map(({ body }) => body)).toEqual(
      requests.slice(0, 2).map(({ body }) => body),
    );
    expect(sent().slice(2)).toEqual(sent().slice(0, 2));
    expect(requests[3]?.headers.get('waypost-replay')).toBe(String(replay?.id));
  });

  it('is told in the shapes of its dialect, with its key, which the log does not show', async () => {
    speakInParts(1);
    answers['parts.test'] = () => Promise.resolve(new Response('key-of-shop', { status: 500 }));
    const id = await subscribe('parts.test', {
      ...OF_DIALECT,
      dialect_key: await seal(stack.config, 'key-of-shop'),
    });
    await ring(eventBell(await event()));
    expect(requests[0]?.headers.get('x-api-key')).toBe('key-of-shop');
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ to: 'shop', stack: 'default' });
    const [logged] = await db.all<{ request_headers: string; response_body: string }>(
      sql`select request_headers, response_body from attempts where webhook_id = ${id}`,
    );
    expect(logged?.request_headers).toContain('"x-api-key":"***"');
    expect(logged?.response_body).toBe('***');
  });

  it('of one part leaves no row but its event, as without a dialect', async () => {
    speakInParts(1);
    answers['parts.test'] = OK;
    await subscribe('parts.test', OF_DIALECT);
    await ring(eventBell(await event()));
    expect(sent()).toEqual([[expect.any(String), 0]]);
    expect(await deliveries()).toEqual([]);
  });

  it('of none is told to nobody', async () => {
    speakInParts(0);
    answers['parts.test'] = OK;
    await subscribe('parts.test', OF_DIALECT);
    const seq = await event();
    await ring(eventBell(seq));
    expect(requests).toEqual([]);
    expect(await db.first(sql`select open from events where seq = ${seq}`)).toEqual({ open: null });
  });

  it('waits, and uses up no attempt, while nobody here speaks its dialect', async () => {
    answers['parts.test'] = OK;
    const id = await subscribe('parts.test', OF_DIALECT);
    const seq = await event();
    await ring(eventBell(seq));
    expect(requests).toEqual([]);
    expect(await deliveries()).toEqual([{ webhook_id: id, seq, state: 'due', attempts: 0 }]);
    speakInParts(1);
    await makeDue();
    await ring(webhookBell(id));
    expect(sent()).toHaveLength(1);
  });
});
