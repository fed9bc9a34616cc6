import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  appUser,
  call,
  stackUnderTest,
  textOf,
  tokenFor,
  type Answer,
} from '../api.test-support.ts';

const USERS = '/api/v1/users/';

let admin: string;
let bot: { token: string; id: number };

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
  bot = await appUser(admin, 'My Bot');
});

function statusesOf(answers: readonly Answer[]): number[] {
  return answers.map(({ status }) => status).toSorted((left, right) => left - right);
}

async function create(json: object, token = admin): Promise<Answer> {
  return call('POST', USERS, { token, json });
}

describe('POST /users/', () => {
  it('makes an inactive user with everything that was said', async () => {
    const answer = await create({
      username: 'peter',
      first_name: ' Peter ',
      last_name: 'Rabbit',
      email: 'peter@example.com',
      profile: { role: 'admin' },
      permissions: { can_use_tags: false, can_read_chats: 'group', can_write_to_chats: 'user' },
    });
    expect(answer.status).toBe(201);
    const { db } = stackUnderTest();
    const row = await db.first<{ id: number; is_active: number; password_hash: null }>(
      sql`select id, is_active, password_hash from users where username = 'peter'`,
    );
    expect(row).toMatchObject({ is_active: 0, password_hash: null });
    expect(answer.body).toEqual({
      url: `https://inbox.example/api/v1/users/${row?.id}/`,
      activation_url: expect.stringMatching(/^https:\/\/inbox\.example\/activate\/[\w-]{43}\/$/),
      id: row?.id,
      username: 'peter',
      first_name: 'Peter',
      last_name: 'Rabbit',
      email: 'peter@example.com',
      profile: { role: 'admin', is_available: true },
      is_active: false,
      groups: [{ id: 2, name: 'Admin' }],
      permissions: { can_use_tags: false, can_read_chats: 'group', can_write_to_chats: 'user' },
    });
  });

  it.each([
    [{}, 'user', { id: 1, name: 'Regular user' }],
    [{ profile: {} }, 'user', { id: 1, name: 'Regular user' }],
    [{ profile: { role: 'app' } }, 'app', { id: 3, name: 'App integration' }],
  ])('gives %j the role %s and its group, and all rights', async (profile, role, group) => {
    const username = `role ${role} ${Object.keys(profile).length}`;
    expect(await create({ username, ...profile })).toMatchObject({
      status: 201,
      body: {
        first_name: '',
        last_name: '',
        email: '',
        profile: { role },
        groups: [group],
        permissions: { can_use_tags: true, can_read_chats: 'all', can_write_to_chats: 'all' },
      },
    });
  });

  it('is for admins only', async () => {
    expect(await create({ username: 'mole' }, bot.token)).toMatchObject({
      status: 403,
      body: { detail: 'You do not have permission to perform this action.' },
    });
    const { db } = stackUnderTest();
    expect(await db.all(sql`select 1 from users where username = 'mole'`)).toEqual([]);
  });

  const required = 'This field is required.';
  const long = 'Ensure this field has no more than 150 characters.';
  it.each([
    [{}, { username: [required] }],
    [{ username: null }, { username: ['This field may not be null.'] }],
    [{ username: '' }, { username: ['This field may not be blank.'] }],
    [{ username: '  ' }, { username: ['This field may not be blank.'] }],
    [{ username: {} }, { username: ['Not a valid string.'] }],
    [{ username: 'a'.repeat(151) }, { username: [long] }],
    [{ username: 'a/b' }, { username: [expect.stringContaining('Enter a valid username.')] }],
    [{ username: 'My Bot' }, { username: ['A user with that username already exists.'] }],
    [{ username: ' My Bot ' }, { username: ['A user with that username already exists.'] }],
    [
      { username: 'x', first_name: 'a'.repeat(151), last_name: 'a'.repeat(151) },
      { first_name: [long], last_name: [long] },
    ],
    [{ username: 'x', first_name: null }, { first_name: ['This field may not be null.'] }],
    [{ username: 'x', email: 'nope' }, { email: ['Enter a valid email address.'] }],
    [
      { username: 'x', profile: 'app' },
      { profile: { non_field_errors: [expect.stringContaining('Expected a dictionary')] } },
    ],
    [
      { username: 'x', profile: { role: 'root' } },
      { profile: { role: ['"root" is not a valid choice.'] } },
    ],
    [
      { username: 'x', permissions: { can_use_tags: 'maybe', can_read_chats: 'some' } },
      {
        permissions: {
          can_use_tags: ['Must be a valid boolean.'],
          can_read_chats: ['"some" is not a valid choice.'],
        },
      },
    ],
  ])('refuses %j', async (json, problems) => {
    const answer = await create(json);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ ...problems, reason: expect.any(String) });
  });

  it('makes one of two users of the same name who are made at once, and both of different names', async () => {
    const names = ['twin', 'twin', 'other a', 'other b', 'other c'];
    const answers = await Promise.all(names.map((username) => create({ username })));
    expect(statusesOf(answers)).toEqual([201, 201, 201, 201, 400]);
  });

  it('makes as many at once as are asked for, each with a token of their own', async () => {
    const names = Array.from({ length: 25 }, (_, n) => `at once ${n}`);
    const profile = { role: 'app' };
    const answers = await Promise.all(names.map((username) => create({ username, profile })));
    expect(statusesOf(answers)).toEqual(Array(25).fill(201));
    const ids = answers.map(({ body }) => Reflect.get(Object(body), 'id'));
    expect(new Set(ids).size).toBe(25);
    const urls = answers.map(({ body }) => textOf(body, 'activation_url'));
    const tokens = await Promise.all(
      urls.map(async (url) => textOf((await call('GET', url)).body, 'token')),
    );
    expect(new Set(tokens).size).toBe(25);
    const [token = ''] = tokens;
    expect(await call('GET', `${USERS}current/`, { token })).toMatchObject({ status: 200 });
  });

  it('takes a first name for the text it is, not for SQL', async () => {
    const first_name = "'); drop table users; --";
    expect(await create({ username: 'bobby', first_name })).toMatchObject({ body: { first_name } });
  });
});

describe('GET /activate/{code}/', () => {
  it('answers an app its token, once', async () => {
    const { body } = await create({ username: 'app one', profile: { role: 'app' } });
    const url = textOf(body, 'activation_url');
    const answer = await call('GET', url);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ token: expect.stringMatching(/^[0-9a-f]{40}$/) });
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(await call('GET', url)).toMatchObject({ status: 404, body: { detail: 'Not found.' } });
    const token = textOf(answer.body, 'token');
    expect(await call('GET', `${USERS}current/`, { token })).toMatchObject({
      status: 200,
      body: { username: 'app one' },
    });
  });

  it('activates one of two who call it at once', async () => {
    const { body } = await create({ username: 'app two', profile: { role: 'app' } });
    const url = textOf(body, 'activation_url');
    const answers = await Promise.all([call('GET', url), call('GET', url)]);
    expect(statusesOf(answers)).toEqual([200, 404]);
  });

  it('works without its trailing slash', async () => {
    const { body } = await create({ username: 'app three', profile: { role: 'app' } });
    const url = textOf(body, 'activation_url').slice(0, -1);
    expect(await call('GET', url)).toMatchObject({ status: 200 });
  });

  it.each(['user', 'admin'])('answers a %s no token, only that it is done, once', async (role) => {
    const { body } = await create({ username: `new ${role}`, profile: { role } });
    const url = textOf(body, 'activation_url');
    const answer = await call('GET', url);
    expect(answer.body).toEqual({ detail: expect.stringMatching(/^The account is active\./) });
    expect(await call('GET', url)).toMatchObject({ status: 404 });
    const { db } = stackUnderTest();
    const row = await db.first(sql`select is_active from users where username = ${`new ${role}`}`);
    expect(row).toEqual({ is_active: 1 });
  });

  it('is not used up by a HEAD, as mail scanners send it', async () => {
    const { body } = await create({ username: 'app four', profile: { role: 'app' } });
    const url = textOf(body, 'activation_url');
    expect(await call('HEAD', url)).toMatchObject({ status: 200, text: '' });
    expect(await call('HEAD', url)).toMatchObject({ status: 200 });
    expect(await call('GET', url)).toMatchObject({ status: 200 });
    expect(await call('HEAD', url)).toMatchObject({ status: 404 });
  });

  it.each(['x', 'null', '%00', '%ff', encodeURIComponent("' or 1=1 --"), 'a'.repeat(5_000)])(
    'answers 404 to %s',
    async (code) => {
      expect(await call('GET', `/activate/${code}/`)).toMatchObject({ status: 404 });
    },
  );

  it('keeps no code that could be read from the table, nor takes what is kept', async () => {
    const { body } = await create({ username: 'app five' });
    const code = textOf(body, 'activation_url').split('/').at(-2) ?? '';
    const rows = await stackUnderTest().db.all<{ activation_hash: string | null }>(
      sql`select * from users`,
    );
    expect(JSON.stringify(rows)).not.toContain(code);
    const hash = rows.at(-1)?.activation_hash ?? '';
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await call('GET', `/activate/${hash}/`)).toMatchObject({ status: 404 });
  });
});

describe('GET /users/', () => {
  it('lists the users by id, also to one who is no admin', async () => {
    const answer = await call('GET', `${USERS}?limit=2`, { token: bot.token });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        next: 'https://inbox.example/api/v1/users/?limit=2&offset=2',
        previous: null,
        results: [
          { id: 1, username: 'admin' },
          { id: bot.id, username: 'My Bot' },
        ],
      },
    });
    const total = await stackUnderTest().db.first(sql`select count(*) as count from users`);
    expect(answer.body).toMatchObject(total ?? {});
  });

  it('goes on where the last page ended', async () => {
    expect(await call('GET', `${USERS}?limit=1&offset=1`, { token: bot.token })).toMatchObject({
      body: {
        previous: 'https://inbox.example/api/v1/users/?limit=1',
        results: [{ id: bot.id }],
      },
    });
  });

  it('shows no secret', async () => {
    const { text } = await call('GET', `${USERS}?limit=5000`, { token: admin });
    expect(text).not.toMatch(/scrypt|hash|nonce|activation|password/);
  });

  it.each([
    'limit=x',
    'limit=-1',
    'limit=',
    'limit=0',
    'offset=-1',
    'limit=1&limit=x',
    'limit[]=1',
  ])('takes %s for not said', async (query) => {
    expect(await call('GET', `${USERS}?${query}`, { token: admin })).toMatchObject({
      status: 200,
      body: { previous: null, results: expect.arrayContaining([expect.anything()]) },
    });
  });

  it.each(['9007199254740993', '9'.repeat(30), '9'.repeat(400)])(
    'answers an empty page beyond the end (offset=%s)',
    async (offset) => {
      expect(await call('GET', `${USERS}?offset=${offset}`, { token: admin })).toMatchObject({
        status: 200,
        body: { next: null, results: [] },
      });
    },
  );
});

describe('GET /users/{id}/', () => {
  it('shows a user at the address that its url says', async () => {
    const { body } = await call('GET', `${USERS}current/`, { token: bot.token });
    const shown = await call('GET', textOf(body, 'url'), { token: admin });
    expect(shown.status).toBe(200);
    expect(shown.body).toEqual(body);
    expect(Object.keys(Object(body)).toSorted()).toEqual([
      'email',
      'first_name',
      'groups',
      'id',
      'is_active',
      'last_name',
      'permissions',
      'profile',
      'url',
      'username',
    ]);
  });

  it.each([
    '0',
    '999999',
    'abc',
    '-1',
    '1.0',
    '1e0',
    '+1',
    '0x1',
    '%20',
    '%00',
    `1${'0'.repeat(30)}`,
  ])('answers 404 to the id %s', async (id) => {
    expect(await call('GET', `${USERS}${id}/`, { token: admin })).toMatchObject({
      status: 404,
      body: { detail: 'Not found.' },
    });
  });
});
