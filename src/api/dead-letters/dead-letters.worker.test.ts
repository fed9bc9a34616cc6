import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  answers,
  event,
  eventBell,
  OK,
  requests,
  ring,
  ringIn,
  stack,
  subscribe,
  useLanes,
} from '../../delivery/lanes.test-support.ts';
import { DEAD_LETTER_QUEUE } from '../../queue/consume-dead.ts';
import type { Doorbell } from '../../webhooks/dead-letters/dead-letter.ts';
import { parkDoorbell } from '../../webhooks/dead-letters/park-doorbell.ts';
import { appUser, call, tokenFor } from '../api.test-support.ts';

useLanes();
const { db } = stack;
const PATH = '/api/v1/dead_letters/';
let admin = '';
let app = '';

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
  app = (await appUser(admin, 'dead-letters-app')).token;
});

afterEach(async () => {
  await db.run(sql`delete from dead_letters`);
});

interface Page {
  count: number;
  next: string | null;
  results: { id: number; kind: string; reference: number | string; error: string }[];
}

async function list(query = ''): Promise<Page> {
  const { status, body } = await call('GET', PATH + query, { token: admin });
  expect(status).toBe(200);
  return body as Page;
}

async function post(path: string, token = admin): Promise<{ status: number; body: unknown }> {
  const { status, body } = await call('POST', PATH + path, { token });
  return { status, body };
}

/** Parks doorbells and returns the ids of their letters, the oldest first. */
async function park(...doorbells: Doorbell[]): Promise<number[]> {
  for (const doorbell of doorbells) {
    await db.batch(parkDoorbell(doorbell, new Error('a fault'), 1_795_227_631_590));
  }
  const rows = await db.all<{ id: number }>(sql`select id from dead_letters order by id`);
  return rows.map(({ id }) => id);
}

const webhookBells = (count: number): Doorbell[] =>
  Array.from({ length: count }, (_, index) => ({ kind: 'webhook', webhook: index + 1 }));

async function isOpen(seq: number): Promise<boolean> {
  const row = await db.first(sql`select 1 from events where seq = ${seq} and open = 1`);
  return row !== undefined;
}

describe('the list of dead letters', () => {
  it('says what each rang for, the newest first, and nothing of what is in it', async () => {
    await subscribe('ok.test');
    const seq = await event();
    const ids = await park(
      { kind: 'event', seq },
      { kind: 'webhook', webhook: 7 },
      { kind: 'media', media: 'file-1' },
    );
    const letter = { error: 'Error: a fault', created_at: 1_795_227_631 };
    expect(await list()).toEqual({
      count: 3,
      next: null,
      previous: null,
      results: [
        { id: ids[2], kind: 'media', reference: 'file-1', ...letter },
        { id: ids[1], kind: 'webhook', reference: 7, ...letter },
        { id: ids[0], kind: 'event', reference: seq, ...letter },
      ],
    });
  });

  it('comes in pages', async () => {
    const ids = await park(...webhookBells(3));
    const first = await list('?limit=2');
    expect(first.results.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    expect(first.next).toBe(`https://inbox.example${PATH}?limit=2&offset=2`);
    const second = await list('?limit=2&offset=2');
    expect(second).toMatchObject({ next: null, results: [{ id: ids[0] }] });
  });

  it('is read by its key, without sorting', async () => {
    const plan = await db.all<{ detail: string }>(
      sql`explain query plan select * from dead_letters order by id desc limit 101 offset 0`,
    );
    expect(plan.map(({ detail }) => detail)).toEqual(['SCAN dead_letters']);
  });
});

describe('retrying a dead letter', () => {
  it('delivers an event that could not be read, once its row is mended', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    answers['ok.test'] = OK;
    await subscribe('ok.test');
    const seqs = [await event(), await event(), await event()];
    const faulty = seqs[1] ?? 0;
    const whole = await db.first<{ chats: string }>(
      sql`select chats from events where seq = ${faulty}`,
    );
    await db.run(sql`update events set chats = '{' where seq = ${faulty}`);
    const { retried } = await ring(...seqs.map(eventBell));
    if (retried.length > 0) await ringIn({ queue: DEAD_LETTER_QUEUE }, eventBell(faulty));
    expect(requests.some(({ headers }) => headers.get('waypost-sequence') === String(faulty))).toBe(
      false,
    );
    const { results } = await list();
    expect(results).toMatchObject([{ kind: 'event', reference: faulty }]);

    await db.run(sql`update events set chats = ${whole?.chats} where seq = ${faulty}`);
    expect(await post(`${results[0]?.id}/retry/`)).toEqual({ status: 200, body: {} });
    expect(await isOpen(faulty)).toBe(true);
    expect((await list()).results).toEqual([]);
    requests.splice(0);
    await ring(eventBell(faulty));
    expect(requests.map(({ headers }) => headers.get('waypost-sequence'))).toEqual([
      String(faulty),
    ]);
    expect(await isOpen(faulty)).toBe(false);
  });

  it('that fails again brings it back, with another id', async () => {
    await subscribe('ok.test');
    const bell = { kind: 'event', seq: await event() } as const;
    const [id] = await park(bell);
    await post(`${id}/retry/`);
    const [next, ...more] = await park(bell);
    expect(more).toEqual([]);
    expect(next).toBeGreaterThan(id ?? 0);
  });

  it('answers 404 for one that is not there, and opens nothing', async () => {
    await subscribe('ok.test');
    const seq = await event();
    const [id] = await park({ kind: 'event', seq });
    await db.run(sql`delete from dead_letters`);
    expect(await post(`${id}/retry/`)).toEqual({ status: 404, body: { detail: 'Not found.' } });
    expect(await post('x/retry/')).toMatchObject({ status: 404 });
    expect(await isOpen(seq)).toBe(false);
  });

  it('of all takes the oldest hundred and says whether there are more', async () => {
    await subscribe('ok.test');
    const seq = await event();
    const ids = await park({ kind: 'event', seq }, ...webhookBells(101));
    expect(await post('retry/')).toEqual({ status: 200, body: { retried: 100, has_more: true } });
    expect(await isOpen(seq)).toBe(true);
    expect((await list()).results.map(({ id }) => id)).toEqual([ids[101], ids[100]]);
    expect(await post('retry/')).toEqual({ status: 200, body: { retried: 2, has_more: false } });
    expect(await post('retry/')).toEqual({ status: 200, body: { retried: 0, has_more: false } });
  });
});

describe('forgetting a dead letter', () => {
  it('deletes it and leaves its event closed', async () => {
    await subscribe('ok.test');
    const seq = await event();
    const [id] = await park({ kind: 'event', seq });
    expect(await call('DELETE', `${PATH}${id}/`, { token: admin })).toMatchObject({ status: 204 });
    expect(await call('DELETE', `${PATH}${id}/`, { token: admin })).toMatchObject({ status: 404 });
    expect((await list()).count).toBe(0);
    expect(await isOpen(seq)).toBe(false);
  });
});

describe('anyone but an admin', () => {
  it.each([
    ['GET', ''],
    ['POST', 'retry/'],
    ['POST', '{id}/retry/'],
    ['DELETE', '{id}/'],
  ])('may not %s /api/v1/dead_letters/%s', async (method, path) => {
    const [id] = await park({ kind: 'webhook', webhook: 7 });
    const url = PATH + path.replace('{id}', String(id));
    expect(await call(method, url, { token: app })).toMatchObject({ status: 403 });
    expect(await call(method, url)).toMatchObject({ status: 403 });
    expect((await list()).count).toBe(1);
  });
});
