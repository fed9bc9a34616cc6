import { sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newWebhookSecret } from '../../outbound/signature.ts';
import { loadSubscriptions } from '../../webhooks/subscriptions.ts';
import { call, make, preparePeople, stack, type Who } from './webhooks.test-support.ts';

beforeEach(preparePeople);
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const DAY_S = 86_400;

interface Rotated {
  secret: string;
  old_secret_valid_until: number | null;
}

async function rotate(id: number, body: object = {}, who: Who = 'ann'): Promise<Rotated> {
  const response = await call(who, 'POST', `${id}/rotate_secret/`, body);
  expect(response.status).toBe(200);
  return response.json<Rotated>();
}

/** The secrets that a delivery which begins at `now` (milliseconds) is signed with. */
async function signing(now = Date.now()): Promise<readonly string[] | undefined> {
  const [subscription] = await loadSubscriptions(stack, now);
  return subscription?.secrets;
}

async function rowOf(id: number): Promise<Record<string, unknown> | undefined> {
  return stack.db.first(sql`select * from webhooks where id = ${id}`);
}

describe('rotating the secret of a webhook', () => {
  it('answers with a new one, once, and with the end of the former one, a day ahead', async () => {
    const { id, secret } = await make('ann');
    const response = await call('ann', 'POST', `${id}/rotate_secret/`);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const rotated = await response.json<Rotated>();
    expect(rotated).toEqual({
      secret: expect.stringMatching(/^whsec_[A-Za-z\d+/]{43}=$/),
      old_secret_valid_until: expect.closeTo(Date.now() / 1000 + DAY_S, -2),
    });
    expect(rotated.secret).not.toBe(secret);
  });

  it('signs with both, the new one first, until the very end of the grace', async () => {
    const { id, secret: former } = await make('ann');
    const { secret } = await rotate(id, { grace_seconds: 60 });
    const until = Number((await rowOf(id))?.['old_secret_until']);
    expect(until).toBeGreaterThan(Date.now() + 50_000);
    expect(await signing()).toEqual([secret, former]);
    expect(await signing(until - 1)).toEqual([secret, former]);
    expect(await signing(until)).toEqual([secret]);
  });

  it('keeps only the latest former one when it comes again within the grace', async () => {
    const { id } = await make('ann');
    const second = await rotate(id);
    const third = await rotate(id);
    expect(await signing()).toEqual([third.secret, second.secret]);
  });

  it('with no grace ends the former one, and the one before it, at once', async () => {
    const { id } = await make('ann');
    await rotate(id);
    const last = await rotate(id, { grace_seconds: 0 });
    expect(last.old_secret_valid_until).toBeNull();
    expect(await signing()).toEqual([last.secret]);
    expect(await rowOf(id)).toMatchObject({ old_secret: null, old_secret_until: null });
  });

  it("takes the caller's own secret, in rotating as in making", async () => {
    const [first, own] = [newWebhookSecret(), newWebhookSecret()];
    const made = await make('ann', { secret: first });
    expect(made.secret).toBe(first);
    expect(await rotate(made.id, { secret: own, grace_seconds: '604800' })).toEqual({
      secret: own,
      old_secret_valid_until: expect.closeTo(Date.now() / 1000 + 7 * DAY_S, -2),
    });
    expect(await signing()).toEqual([own, first]);
  });

  it('refuses the secret that it has, since its former one would be lost', async () => {
    const { id, secret: former } = await make('ann');
    const { secret } = await rotate(id);
    const again = await call('ann', 'POST', `${id}/rotate_secret/`, { secret });
    expect([again.status, Object.keys(await again.json<object>())]).toEqual([
      400,
      ['secret', 'reason'],
    ]);
    expect(await signing()).toEqual([secret, former]);
  });

  it('lets one of two at the same time win, and tells the other', async () => {
    const { id, secret: former } = await make('ann');
    const both = await Promise.all(
      [1, 2].map(() => call('ann', 'POST', `${id}/rotate_secret/`, {})),
    );
    const winners = both.filter(({ status }) => status === 200);
    const told = await Promise.all(winners.map((response) => response.json<Rotated>()));
    const [current, before] = (await signing()) ?? [];
    expect(told.map(({ secret }) => secret)).toContain(current);
    // Where the two were not at the same time after all, the first one's secret is the former one.
    expect(before).toBe(
      told.length === 1 ? former : told.find((t) => t.secret !== current)?.secret,
    );
    expect(both.every(({ status }) => status === 200 || status === 409)).toBe(true);
  });

  it('seals both secrets at rest', async () => {
    const { id, secret: former } = await make('ann');
    const { secret } = await rotate(id);
    const dump = JSON.stringify(await rowOf(id));
    expect(await rowOf(id)).toMatchObject({ old_secret: expect.stringMatching(/^v1\./) });
    for (const hidden of [secret, former]) expect(dump).not.toContain(hidden.slice(6));
  });

  it('is heard by the test of the webhook, which either secret verifies', async () => {
    const { id, secret: former } = await make('ann');
    const { secret } = await rotate(id);
    const requests: Request[] = [];
    vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
      requests.push(new Request(url, init));
      return new Response('ok');
    });
    expect((await call('ann', 'POST', `${id}/test/`)).status).toBe(200);
    const headers = Object.fromEntries(requests[0]?.headers ?? []);
    const body = (await requests[0]?.text()) ?? '';
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const one of [secret, former])
      expect(new Webhook(one).verify(body, headers)).toBeDefined();
  });

  it.each<[string, object, string]>([
    ['a grace below none', { grace_seconds: -1 }, 'grace_seconds'],
    ['a grace of more than a week', { grace_seconds: 604_801 }, 'grace_seconds'],
    ['a grace that is no whole number', { grace_seconds: 1.5 }, 'grace_seconds'],
    ['a grace that is null', { grace_seconds: null }, 'grace_seconds'],
    ['a secret that is none', { secret: 'hunter2-hunter2-hunter2' }, 'secret'],
    ['a secret that is too short', { secret: 'whsec_aHVudGVyMg==' }, 'secret'],
  ])('refuses %s by the name of its field and changes nothing', async (_what, body, field) => {
    const { id } = await make('ann');
    const before = await rowOf(id);
    const response = await call('ann', 'POST', `${id}/rotate_secret/`, body);
    const text = await response.text();
    expect([response.status, Object.keys(JSON.parse(text))]).toEqual([400, [field, 'reason']]);
    expect(text).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(await rowOf(id)).toEqual(before);
  });

  it('is for its owner and for admins; for others there is no such webhook', async () => {
    const { id } = await make('ben');
    const before = await rowOf(id);
    const response = await call('ann', 'POST', `${id}/rotate_secret/`, {});
    expect([response.status, await response.json()]).toEqual([404, { detail: 'Not found.' }]);
    expect(await rowOf(id)).toEqual(before);
    const { secret } = await rotate(id, {}, 'admin');
    expect((await signing())?.[0]).toBe(secret);
  });

  it('keeps no former secret that cannot be opened, as after a change of SECRET_KEY', async () => {
    const { id } = await make('ann');
    const secretKey = 'another-key-of-at-least-thirty-two-characters';
    const changed = { ...stack, config: { ...stack.config, secretKey } };
    const response = await call('ann', 'POST', `${id}/rotate_secret/`, {}, changed);
    expect(await response.json()).toMatchObject({ old_secret_valid_until: null });
    expect(await rowOf(id)).toMatchObject({ old_secret: null });
    await call('ann', 'PATCH', `${id}/`, { headers: {} }, changed);
    expect(await loadSubscriptions(changed)).toHaveLength(1);
  });
});
