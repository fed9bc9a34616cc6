import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appUser, call, stackUnderTest, tokenFor, type Answer } from '../api.test-support.ts';

const { db } = stackUnderTest();
const PATH = '/api/v1/saved_responses/';

let admin: string;
let bot: { id: number; token: string };

function save(json: unknown, token = bot.token): Promise<Answer> {
  return call('POST', PATH, { token, json });
}

async function idOf(saved: Promise<Answer>): Promise<number> {
  return Number(Reflect.get(Object((await saved).body), 'id'));
}

async function texts(query = ''): Promise<unknown> {
  const { body } = await call('GET', `${PATH}${query}`, { token: bot.token });
  const results: { text: string }[] = Reflect.get(Object(body), 'results');
  return results.map(({ text }) => text);
}

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
  bot = await appUser(admin, 'saver');
});

beforeEach(async () => {
  await db.run(sql`delete from saved_responses`);
});

describe('POST /saved_responses/', () => {
  it('saves a text for everyone, and says whose it is', async () => {
    const answer = await save({ text: ' Hello!\nHow are you? ' });
    const saved = {
      id: expect.any(Number),
      text: 'Hello!\nHow are you?',
      created_by: 'saver',
      timestamp: expect.any(Number),
    };
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual(saved);
    const listed = await call('GET', PATH, { token: admin });
    expect(listed).toMatchObject({ status: 200 });
    expect(listed.body).toEqual({ count: 1, next: null, previous: null, results: [answer.body] });
  });

  it('takes forms, urlencoded and multipart', async () => {
    for (const body of [{ form: { text: 'a form' } }, { multipart: { text: 'parts' } }]) {
      expect(await call('POST', PATH, { token: admin, ...body })).toMatchObject({ status: 201 });
    }
    expect(await texts()).toEqual(['a form', 'parts']);
  });

  it.each([
    [{}, 'This field is required.'],
    [{ text: null }, 'This field may not be null.'],
    [{ text: '  ' }, 'This field may not be blank.'],
    [{ text: ['x'] }, 'Not a valid string.'],
    [{ text: 'x'.repeat(4_097) }, 'Ensure this field has no more than 4096 characters.'],
  ])('refuses %j', async (json, problem) => {
    expect(await save(json)).toMatchObject({ status: 400, body: { text: [problem] } });
    expect(await texts()).toEqual([]);
  });

  it('says when there are too many', async () => {
    await db.run(sql`
      insert into saved_responses (text, user_id, created_at)
      with recursive c (i) as (select 1 union all select i + 1 from c where i < 1000) select 'x' || i, 1, 1 from c`);
    expect(await save({ text: 'one more' })).toMatchObject({
      status: 409,
      body: { reason: 'There are 1000 saved responses already; delete some first.' },
    });
  });
});

describe('GET /saved_responses/', () => {
  it('lists the oldest first, by pages, and finds what holds a text in whatever case', async () => {
    for (const text of ['Good morning', 'Thank you', 'ÖFFNUNGSZEITEN: 9–17', '100% sure'])
      await save({ text });
    expect(await texts('?limit=2&offset=1')).toEqual(['Thank you', 'ÖFFNUNGSZEITEN: 9–17']);
    expect(await texts('?text=MORN')).toEqual(['Good morning']);
    expect(await texts('?text=öffnungszeiten')).toEqual(['ÖFFNUNGSZEITEN: 9–17']);
    expect(await texts('?text=0%25')).toEqual(['100% sure']);
    expect(await texts('?text=_')).toEqual([]);
    expect(await call('GET', `${PATH}?text=o&limit=1`, { token: admin })).toMatchObject({
      body: { count: 2, next: expect.stringContaining('text=o'), previous: null },
    });
  });

  it('is for those who are signed in', async () => {
    expect(await call('GET', PATH)).toMatchObject({ status: 403 });
  });
});

describe('DELETE /saved_responses/{id}/', () => {
  it('deletes your own, once', async () => {
    const id = await idOf(save({ text: 'mine' }));
    const request = { token: bot.token };
    expect(await call('DELETE', `${PATH}${id}/?text=x`, request)).toMatchObject({
      status: 204,
      text: '',
    });
    expect(await call('DELETE', `${PATH}${id}/`, request)).toMatchObject({ status: 404 });
  });

  it("deletes somebody else's only for an admin", async () => {
    const theirs = await idOf(save({ text: 'theirs' }, admin));
    const own = await idOf(save({ text: 'own' }));
    expect(await call('DELETE', `${PATH}${theirs}/`, { token: bot.token })).toMatchObject({
      status: 403,
      body: { detail: 'You do not have permission to delete this saved response.' },
    });
    expect(await call('DELETE', `${PATH}${own}/`, { token: admin })).toMatchObject({ status: 204 });
    expect(await texts()).toEqual(['theirs']);
  });

  it.each(['0', 'x', '1.5', '99999999'])('answers 404 to the id %s', async (id) => {
    expect(await call('DELETE', `${PATH}${id}/`, { token: admin })).toMatchObject({ status: 404 });
  });

  it('is all there is of one: there is no other method', async () => {
    const id = await idOf(save({ text: 'x' }));
    expect(await call('GET', `${PATH}${id}/`, { token: admin })).toMatchObject({ status: 405 });
  });
});
