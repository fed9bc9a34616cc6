import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appUser, call, stackUnderTest, tokenFor, type Answer } from '../api.test-support.ts';

const PATH = '/api/v1/fcm_device_tokens/';
const { db } = stackUnderTest();

let mine: string;
let hers: string;

beforeAll(async () => {
  const admin = await tokenFor('admin', 'admin');
  mine = (await appUser(admin, 'phone owner')).token;
  hers = (await appUser(admin, 'somebody else')).token;
});

beforeEach(async () => {
  await db.run(sql`delete from fcm_tokens`);
});

function register(token: string, by = mine): Promise<Answer> {
  return call('POST', PATH, { token: by, json: { token } });
}

function idOf({ body }: Answer): number {
  return Number(Reflect.get(Object(body), 'id'));
}

async function tokens(by = mine, query = ''): Promise<unknown[]> {
  const { body } = await call('GET', PATH + query, { token: by });
  return (body as { results: { token: string }[] }).results.map(({ token }) => token);
}

describe('a device', () => {
  it('is registered for its owner, who alone sees it', async () => {
    const answer = await register(' abc:1 ');
    expect(answer).toMatchObject({ status: 201 });
    expect(answer.body).toEqual({
      id: expect.any(Number),
      token: 'abc:1',
      user: expect.objectContaining({ username: 'phone owner' }),
      last_seen: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect((await call('GET', PATH, { token: mine })).body).toEqual({
      count: 1,
      next: null,
      previous: null,
      results: [answer.body],
    });
    expect(await tokens(hers)).toEqual([]);
  });

  it('is registered again under the same id, and seen anew', async () => {
    const first = await register('abc');
    await db.run(sql`update fcm_tokens set last_seen = 1`);
    const again = await register('abc');
    expect(idOf(again)).toBe(idOf(first));
    expect(
      await db.first(sql`select count(*) as n, min(last_seen) > 1 as seen from fcm_tokens`),
    ).toEqual({ n: 1, seen: 1 });
  });

  it('tells of one account at a time', async () => {
    await register('abc');
    await register('abc', hers);
    expect([await tokens(), await tokens(hers)]).toEqual([[], ['abc']]);
  });

  it('is found by its token', async () => {
    await register('a');
    await register('b');
    expect(await tokens(mine, '?token=b')).toEqual(['b']);
    expect(await tokens(mine, '?limit=1&offset=1')).toEqual(['b']);
    expect(await tokens(mine, '?token=c')).toEqual([]);
  });

  it('gets another token', async () => {
    const id = idOf(await register('old'));
    await register('new', hers);
    const json = { token: 'new' };
    expect(await call('PUT', `${PATH}${id}/`, { token: mine, json })).toMatchObject({
      status: 200,
      body: { id, token: 'new' },
    });
    expect([await tokens(), await tokens(hers)]).toEqual([['new'], []]);
  });

  it('is deregistered, once', async () => {
    const id = idOf(await register('abc'));
    expect(await call('DELETE', `${PATH}${id}/`, { token: mine })).toMatchObject({ status: 204 });
    expect(await call('DELETE', `${PATH}${id}/`, { token: mine })).toMatchObject({ status: 404 });
    expect(idOf(await register('abc'))).toBeGreaterThan(id);
  });

  it('of somebody else is none', async () => {
    const id = idOf(await register('abc'));
    await register('x', hers);
    const json = { token: 'x' };
    expect(await call('PUT', `${PATH}${id}/`, { token: hers, json })).toMatchObject({
      status: 404,
    });
    expect(await call('DELETE', `${PATH}${id}/`, { token: hers })).toMatchObject({ status: 404 });
    expect([await tokens(), await tokens(hers)]).toEqual([['abc'], ['x']]);
  });

  it('makes room for newer ones, the longest unseen first', async () => {
    for (let at = 0; at < 51; at += 1) await register(`device ${at}`);
    expect(await tokens()).toHaveLength(50);
    expect(await tokens()).not.toContain('device 0');
  });
});

it.each([
  [{}, 'This field is required.'],
  [{ token: null }, 'This field may not be null.'],
  [{ token: ' ' }, 'This field may not be blank.'],
  [{ token: {} }, 'Not a valid string.'],
  [{ token: 'x'.repeat(4_097) }, 'Ensure this field has no more than 4096 characters.'],
])('%j is refused', async (json, problem) => {
  const refused = { status: 400, body: { token: [problem] } };
  const id = idOf(await register('abc'));
  expect(await call('POST', PATH, { token: mine, json })).toMatchObject(refused);
  expect(await call('PUT', `${PATH}${id}/`, { token: mine, json })).toMatchObject(refused);
  expect(await tokens()).toEqual(['abc']);
});

it('a form registers, too', async () => {
  for (const form of [{ form: { token: 'a' } }, { multipart: { token: 'b' } }]) {
    expect(await call('POST', PATH, { token: mine, ...form })).toMatchObject({ status: 201 });
  }
});

it.each(['0', 'x', '9999'])('there is no device %s', async (id) => {
  expect(await call('DELETE', `${PATH}${id}/`, { token: mine })).toMatchObject({ status: 404 });
  expect(await call('GET', `${PATH}${id}/`, { token: mine })).toMatchObject({ status: 405 });
});
