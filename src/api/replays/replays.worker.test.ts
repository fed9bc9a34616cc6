import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { stepReplay } from '../../delivery/replay-step.ts';
import { FIRST_AT, seedEvents } from '../../webhooks/replays/replays.test-support.ts';
import { call, make, preparePeople, stack, type Who } from '../webhooks/webhooks.test-support.ts';

const { db } = stack;
let id: number;

beforeEach(async () => {
  await preparePeople();
  await db.run(sql`delete from replays`);
  id = (await make('ann', { on_cloud_api: true })).id;
  await seedEvents(10);
});

interface ApiReplay {
  id: number;
  state: string;
  [field: string]: unknown;
}

/** Asks for a replay as Ann; fails where it is refused. */
async function create(body: object = {}): Promise<ApiReplay> {
  const response = await call('ann', 'POST', `${id}/replays/`, body);
  expect(response.status).toBe(201);
  return response.json<ApiReplay>();
}

async function get(path: string, who: Who = 'ann'): Promise<unknown> {
  const response = await call(who, 'GET', `${id}/replays/${path}`);
  expect(response.status).toBe(200);
  return response.json();
}

async function step(replay: number): Promise<void> {
  await stepReplay(replay, { stack, now: () => Date.now() + 1_000 });
}

describe('a replay', () => {
  it('is told with its filter and its numbers', async () => {
    const filter = {
      after: FIRST_AT / 1000,
      before: FIRST_AT / 1000 + 100,
      after_sequence: 0,
      until_sequence: 8,
      states: ['none', 'dead'],
      kinds: ['waba'],
      chats: ['491'],
    };
    const replay = await create({ ...filter, per_second: 3 });
    expect(replay).toEqual({
      id: replay.id,
      webhook: id,
      state: 'running',
      filter,
      per_second: 3,
      total: 8,
      queued: 0,
      delivered: 0,
      dead: 0,
      dropped: 0,
      pending: 0,
      created_at: expect.closeTo(Date.now() / 1000, -2),
      ended_at: null,
    });
    await step(replay.id);
    expect(await get(`${replay.id}/`)).toMatchObject({ total: 8, queued: 3, pending: 3 });
  });

  it('of everything needs no body, and makes 25 deliveries due each second', async () => {
    const response = await call('ann', 'POST', `${id}/replays/`);
    expect(await response.json()).toMatchObject({ filter: {}, per_second: 25, total: 10 });
  });

  it('is only counted in a dry run', async () => {
    const response = await call('ann', 'POST', `${id}/replays/`, {
      dry_run: true,
      after_sequence: 4,
    });
    expect([response.status, await response.json()]).toEqual([200, { count: 6 }]);
    expect(await get('')).toEqual({ results: [], next: null });
  });

  it('of a webhook has only what came after that was made', async () => {
    const late = await make('ann', { on_cloud_api: true });
    const response = await call('ann', 'POST', `${late.id}/replays/`, { dry_run: true });
    expect(await response.json()).toEqual({ count: 0 });
  });

  it.each<[string, string, string]>([
    ['pause', 'running', 'paused'],
    ['pause', 'paused', 'paused'],
    ['resume', 'paused', 'running'],
    ['resume', 'running', 'running'],
    ['cancel', 'running', 'cancelled'],
    ['cancel', 'paused', 'cancelled'],
    ['cancel', 'cancelled', 'cancelled'],
  ])('answers %s of a %s one with a %s one', async (change, before, after) => {
    const replay = await create();
    await db.run(sql`update replays set state = ${before}`);
    const response = await call('ann', 'POST', `${id}/replays/${replay.id}/${change}/`);
    expect([response.status, await response.json()]).toMatchObject([200, { state: after }]);
  });

  it.each([
    ['pause', 'done'],
    ['pause', 'cancelled'],
    ['resume', 'done'],
    ['resume', 'cancelled'],
    ['cancel', 'done'],
  ])('refuses %s of a %s one', async (change, before) => {
    const replay = await create();
    await db.run(sql`update replays set state = ${before}`);
    const response = await call('ann', 'POST', `${id}/replays/${replay.id}/${change}/`);
    expect([response.status, await response.json()]).toMatchObject([
      409,
      { detail: expect.stringContaining('It has ended') },
    ]);
    expect(await get(`${replay.id}/`)).toMatchObject({ state: before });
  });

  it('is one of ten under way at most', async () => {
    for (let count = 0; count < 10; count += 1) await create();
    const response = await call('ann', 'POST', `${id}/replays/`, {});
    expect([response.status, await response.json()]).toMatchObject([
      409,
      { detail: expect.stringContaining('10 replays') },
    ]);
    await db.run(sql`update replays set state = 'done' where id = (select min(id) from replays)`);
    await create();
  });
});

describe('the list of replays', () => {
  it('is newest first, page by page', async () => {
    const made: number[] = [];
    for (let count = 0; count < 5; count += 1) made.unshift((await create()).id);
    const listed: number[] = [];
    let query: string | undefined = '?limit=2';
    while (query !== undefined) {
      const page = (await get(query)) as { results: ApiReplay[]; next: string | null };
      expect(page.results.length).toBeLessThanOrEqual(2);
      listed.push(...page.results.map((replay) => replay.id));
      query = page.next === null ? undefined : new URL(page.next).search;
    }
    expect(listed).toEqual(made);
  });

  it('has those of its webhook only', async () => {
    const other = await make('ann', { on_cloud_api: true });
    const { id: replay } = await create();
    const list = await call('ann', 'GET', `${other.id}/replays/`);
    expect(await list.json()).toEqual({ results: [], next: null });
    expect((await call('ann', 'GET', `${other.id}/replays/${replay}/`)).status).toBe(404);
    expect((await call('ann', 'POST', `${other.id}/replays/${replay}/cancel/`)).status).toBe(404);
  });
});

describe('replays are for the user of the webhook and for admins', () => {
  it.each<[Who, number]>([
    ['ann', 0],
    ['admin', 0],
    ['ben', 404],
  ])('%s', async (who, refused) => {
    const { id: replay } = await create();
    const answers: [string, string, number][] = [
      ['POST', '', 201],
      ['GET', '', 200],
      ['GET', `${replay}/`, 200],
      ['POST', `${replay}/pause/`, 200],
      ['POST', `${replay}/resume/`, 200],
      ['POST', `${replay}/cancel/`, 200],
    ];
    for (const [method, path, status] of answers) {
      const response = await call(who, method, `${id}/replays/${path}`);
      expect([method, path, response.status]).toEqual([method, path, refused || status]);
    }
  });

  it('and are not found of what there is not', async () => {
    for (const path of [`${id}/replays/999999/`, `${id}/replays/abc/`, '999999/replays/'])
      expect((await call('ann', 'GET', path)).status).toBe(404);
    expect((await call('ann', 'POST', '999999/replays/', {})).status).toBe(404);
  });
});

describe('a wrong filter', () => {
  it.each<[string, object, string]>([
    ['an unknown field', { state: ['dead'] }, 'state'],
    ['a time that is none', { after: 'yesterday' }, 'after'],
    ['a time before all', { after: -1 }, 'after'],
    ['a time in milliseconds', { before: FIRST_AT * 100 }, 'before'],
    ['an end before its beginning', { after: 200, before: 100 }, 'before'],
    ['a number that is null', { after_sequence: null }, 'after_sequence'],
    ['no range of numbers', { after_sequence: 5, until_sequence: 5 }, 'until_sequence'],
    ['an unknown state', { states: ['due'] }, 'states'],
    ['no states', { states: [] }, 'states'],
    ['an unknown kind', { kinds: ['message'] }, 'kinds'],
    ['chats that are no list', { chats: '491' }, 'chats'],
    ['too many chats', { chats: Array.from({ length: 101 }, String) }, 'chats'],
    ['a pace of none', { per_second: 0 }, 'per_second'],
    ['a pace too high', { per_second: 101 }, 'per_second'],
    ['what was missed in another range', { missed: true, after: 1 }, 'missed'],
    ['a dry run that is neither', { dry_run: 'maybe' }, 'dry_run'],
  ])('is refused by the name of its field: %s', async (_what, body, field) => {
    const response = await call('ann', 'POST', `${id}/replays/`, body);
    expect([response.status, Object.keys(await response.json<object>())]).toEqual([
      400,
      [field, 'reason'],
    ]);
    expect(await get('')).toEqual({ results: [], next: null });
  });
});

describe('what was missed', () => {
  const MISSED = { missed: true };

  async function refusal(): Promise<unknown[]> {
    const response = await call('ann', 'POST', `${id}/replays/`, MISSED);
    return [response.status, await response.json()];
  }

  it('can be asked for again: all of it that is not delivered', async () => {
    await call('ann', 'PATCH', `${id}/`, { is_enabled: false });
    await db.run(sql`update events set id = 'early-' || id`);
    await seedEvents(4);
    await call('ann', 'PATCH', `${id}/`, { is_enabled: true });
    const { results } = (await get('')) as { results: ApiReplay[] };
    expect(results).toMatchObject([{ state: 'running', total: null, filter: { missed: true } }]);
    await step(results[0]?.id ?? 0);
    expect(await get('')).toMatchObject({ results: [{ state: 'done', total: 4, queued: 4 }] });
    await db.batch([
      sql`update deliveries set state = 'delivered'`,
      sql`update deliveries set state = 'dead' where seq = 12`,
      sql`delete from deliveries where seq = 13`,
    ]);
    const again = await create(MISSED);
    expect(again).toMatchObject({
      total: 2,
      filter: { missed: true, after_sequence: 10, until_sequence: 14 },
    });
    await step(again.id);
    const queued = await db.all(
      sql`select seq from deliveries where replay_id = ${again.id} order by seq`,
    );
    expect(queued).toEqual([{ seq: 12 }, { seq: 13 }]);
  });

  it('is sent by enabling, as long as the webhook is disabled', async () => {
    await call('ann', 'PATCH', `${id}/`, { is_enabled: false });
    expect(await refusal()).toMatchObject([
      409,
      { detail: expect.stringContaining('is disabled') },
    ]);
  });

  it('is nothing where the webhook was never disabled', async () => {
    expect(await refusal()).toMatchObject([
      409,
      { detail: expect.stringContaining('missed nothing') },
    ]);
  });
});
