import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  appUser,
  call,
  closedSockets,
  stackUnderTest,
  textOf,
  tokenFor,
  type Answer,
} from '../api.test-support.ts';

const { db } = stackUnderTest();
const USERS = '/api/v1/users/';
const ADMIN_ID = 1;
const NOT_ALLOWED = 'You do not have permission to perform this action.';

interface Someone {
  id: number;
  token: string;
}

let admin: string;
let names = 0;
let bot: Someone;

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
});

beforeEach(async () => {
  names += 1;
  bot = await appUser(admin, `bot ${names}`);
  closedSockets.length = 0;
  await db.run(sql`delete from events`);
});

function patch(id: number | string, json: unknown, token = admin): Promise<Answer> {
  return call('PATCH', `${USERS}${id}/`, { token, json });
}

function put(id: number, json: unknown, token = admin): Promise<Answer> {
  return call('PUT', `${USERS}${id}/`, { token, json });
}

async function shown(id = bot.id): Promise<unknown> {
  return (await call('GET', `${USERS}${id}/`, { token: admin })).body;
}

describe('PATCH /users/{id}/ by an admin', () => {
  it('changes everything that is said, and nothing else', async () => {
    const before = await shown();
    const json = {
      username: `renamed ${names}`,
      first_name: 'Ada',
      last_name: 'Lovelace',
      email: 'ada@example.com',
      profile: { role: 'user' },
      group_ids: [3, 2],
      permissions: { can_use_tags: false, can_read_chats: 'group', can_write_to_chats: 'none' },
    };
    const answer = await patch(bot.id, json);
    const { group_ids: _ids, ...rest } = json;
    expect(answer).toMatchObject({
      status: 200,
      body: { ...rest, id: bot.id, groups: [{ id: 2 }, { id: 3 }], is_active: true },
    });
    expect(await shown()).toEqual(answer.body);
    await patch(bot.id, { permissions: { can_read_chats: 'user' } });
    expect(await shown()).toMatchObject({
      username: json.username,
      permissions: { can_use_tags: false, can_read_chats: 'user', can_write_to_chats: 'none' },
    });
    expect(await patch(bot.id, {})).toMatchObject({ status: 200 });
    expect(before).not.toEqual(await shown());
    expect(closedSockets).toEqual([]);
  });

  it('gives the group of a new role, unless the groups are said', async () => {
    expect(await patch(bot.id, { profile: { role: 'user' } })).toMatchObject({
      body: { profile: { role: 'user' }, groups: [{ id: 1 }] },
    });
    expect(await patch(bot.id, { profile: { role: 'admin' }, group_ids: [] })).toMatchObject({
      body: { profile: { role: 'admin' }, groups: [] },
    });
  });

  it('takes forms, urlencoded and multipart', async () => {
    const form = { first_name: 'Ada', 'permissions[can_use_tags]': 'off', group_ids: '2' };
    expect(await call('PATCH', `${USERS}${bot.id}/`, { token: admin, form })).toMatchObject({
      status: 200,
      body: { first_name: 'Ada', permissions: { can_use_tags: false }, groups: [{ id: 2 }] },
    });
    const multipart = { last_name: 'L', group_ids: '' };
    expect(await call('PATCH', `${USERS}${bot.id}/`, { token: admin, multipart })).toMatchObject({
      body: { last_name: 'L', groups: [] },
    });
  });

  const long = 'Ensure this field has no more than 150 characters.';
  it.each([
    [{ username: 'admin' }, { username: ['A user with that username already exists.'] }],
    [{ username: ' ' }, { username: ['This field may not be blank.'] }],
    [{ username: 'a/b' }, { username: [expect.stringContaining('Enter a valid username.')] }],
    [{ first_name: 'x'.repeat(151) }, { first_name: [long] }],
    [{ last_name: null }, { last_name: ['This field may not be null.'] }],
    [{ email: 'x' }, { email: ['Enter a valid email address.'] }],
    [
      { email: `${'x'.repeat(250)}@a.de` },
      { email: ['Ensure this field has no more than 254 characters.'] },
    ],
    [{ profile: { role: 'root' } }, { profile: { role: ['"root" is not a valid choice.'] } }],
    [{ is_active: 'perhaps' }, { is_active: ['Must be a valid boolean.'] }],
    [{ group_ids: [1, 99] }, { group_ids: ['Invalid pk "99" - object does not exist.'] }],
    [{ group_ids: 5 }, { group_ids: ['Expected a list of items but got type "int".'] }],
    [{ group_ids: [1, 'x'] }, { group_ids: { 1: ['A valid integer is required.'] } }],
    [
      { permissions: { can_read_chats: 'some', can_write_to_chats: null } },
      {
        permissions: {
          can_read_chats: ['"some" is not a valid choice.'],
          can_write_to_chats: ['This field may not be null.'],
        },
      },
    ],
    [{ permissions: 'all' }, { permissions: { non_field_errors: [expect.any(String)] } }],
  ])('refuses %j and changes nothing', async (json, problems) => {
    const before = await shown();
    const answer = await patch(bot.id, { first_name: 'Changed', ...json });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ ...problems, reason: expect.any(String) });
    expect(await shown()).toEqual(before);
  });

  it.each(['0', '99999', 'x', 'current', '1.5'])('answers 404 to the id %s', async (id) => {
    expect(await patch(id, { first_name: 'x' })).toMatchObject({ status: 404 });
  });

  it('keeps one active admin, whatever is asked at once', async () => {
    const problem = ['There must be an active admin beside this one.'];
    await db.run(sql`update users set role = 'app' where id != ${ADMIN_ID}`);
    expect(await patch(ADMIN_ID, { is_active: false, first_name: 'gone' })).toMatchObject({
      status: 400,
      body: { is_active: problem },
    });
    expect(await patch(ADMIN_ID, { profile: { role: 'user' }, group_ids: [] })).toMatchObject({
      status: 400,
      body: { profile: { role: problem } },
    });
    expect(await shown(ADMIN_ID)).toMatchObject({
      first_name: '',
      is_active: true,
      groups: [{ id: 2 }],
    });
    await patch(bot.id, { profile: { role: 'admin' } });
    const answers = await Promise.all(
      [ADMIN_ID, bot.id].map((id) => patch(id, { profile: { role: 'user' } }, admin)),
    );
    const left = await db.all(sql`select 1 from users where role = 'admin' and is_active = 1`);
    expect(left).toHaveLength(1);
    expect(answers.map(({ status }) => status)).toContain(200);
    await db.run(sql`update users set role = 'admin' where id = ${ADMIN_ID}`);
    await db.run(sql`update users set role = 'app' where id = ${bot.id}`);
  });
});

describe('a user who is deactivated', () => {
  it('is signed out everywhere, and can be let in again', async () => {
    await db.run(
      sql`insert into sessions (id_hash, user_id, mark, expires_at) values (${bot.token}, ${bot.id}, 'm', 1)`,
    );
    expect(await patch(bot.id, { is_active: false })).toMatchObject({
      status: 200,
      body: { is_active: false },
    });
    expect(closedSockets).toEqual([bot.id]);
    expect(await db.all(sql`select 1 from sessions where user_id = ${bot.id}`)).toEqual([]);
    const me = (): Promise<Answer> => call('GET', `${USERS}current/`, { token: bot.token });
    expect(await me()).toMatchObject({ status: 403 });
    expect(await patch(bot.id, { is_active: true })).toMatchObject({ body: { is_active: true } });
    expect(await me()).toMatchObject({ status: 200 });
    expect(closedSockets).toEqual([bot.id]);
  });

  it('does not come back by a code that was never used', async () => {
    const json = { username: `new ${names}`, profile: { role: 'app' } };
    const { body } = await call('POST', USERS, { token: admin, json });
    await patch(Number(Reflect.get(Object(body), 'id')), { is_active: false });
    expect(await call('GET', textOf(body, 'activation_url'))).toMatchObject({ status: 404 });
  });
});

describe('PATCH /users/{id}/ by anyone else', () => {
  it('changes their own names and e-mail address', async () => {
    const json = {
      username: `self ${names}`,
      first_name: 'Me',
      last_name: 'Too',
      email: 'me@example.com',
    };
    expect(await patch(bot.id, json, bot.token)).toMatchObject({ status: 200, body: json });
  });

  it('takes back the rest as it is', async () => {
    const before = Object(await shown());
    const json = { ...before, group_ids: [3], first_name: 'Me' };
    expect(await put(bot.id, json, bot.token)).toMatchObject({
      status: 200,
      body: { ...before, first_name: 'Me' },
    });
  });

  it.each([
    ['profile', { profile: { role: 'admin' } }],
    ['permissions', { permissions: { can_use_tags: false } }],
    ['permissions', { permissions: { can_write_to_chats: 'group' } }],
    ['group_ids', { group_ids: [3, 2] }],
    ['group_ids', { group_ids: [] }],
    ['is_active', { is_active: false }],
  ])('leaves %s to the admins', async (field, json) => {
    const before = await shown();
    expect(await patch(bot.id, { first_name: 'Me', ...json }, bot.token)).toMatchObject({
      status: 403,
      body: { detail: `Only admins may change "${field}".` },
    });
    expect(await shown()).toEqual(before);
  });

  it('changes nobody else, and is told nothing of who there is', async () => {
    for (const id of [ADMIN_ID, 99_999]) {
      expect(await patch(id, { first_name: 'x' }, bot.token)).toMatchObject({
        status: 403,
        body: { detail: NOT_ALLOWED },
      });
    }
    expect(await call('PATCH', `${USERS}${bot.id}/`, { json: {} })).toMatchObject({ status: 403 });
  });
});

describe('PUT /users/{id}/', () => {
  it('must have a whole user', async () => {
    expect(await put(bot.id, { first_name: 'x' })).toMatchObject({
      status: 400,
      body: {
        username: ['This field is required.'],
        email: ['This field is required.'],
        permissions: ['This field is required.'],
      },
    });
  });

  it('changes it', async () => {
    const json = {
      username: `put ${names}`,
      email: '',
      permissions: { can_use_tags: true, can_read_chats: 'all', can_write_to_chats: 'user' },
    };
    expect(await put(bot.id, json)).toMatchObject({ status: 200, body: json });
  });

  it('is refused in part with the whole: of two users who want a name one gets it', async () => {
    const other = await appUser(admin, `other ${names}`);
    const json = { username: `wanted ${names}`, first_name: 'Won' };
    const answers = await Promise.all([patch(bot.id, json), patch(other.id, json)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
    expect(await db.all(sql`select 1 from users where first_name = 'Won'`)).toHaveLength(1);
    await db.run(sql`update users set first_name = ''`);
  });
});

describe('PATCH /users/{id}/availability', () => {
  const path = (id: number | string): string => `${USERS}${id}/availability`;

  it('says it of yourself, with and without its slash, and tells of each change', async () => {
    expect(await shown()).toMatchObject({ profile: { is_available: true } });
    for (const [url, is_available] of [
      [path(bot.id), false],
      [`${path(bot.id)}/`, false],
      [path(bot.id), 'true'],
    ] as const) {
      const request = { token: bot.token, json: { is_available } };
      expect(await call('PATCH', url, request)).toMatchObject({
        status: 200,
        body: { is_available: is_available === 'true' },
      });
    }
    const events = await db.all<{ kind: string; extended: string }>(
      sql`select kind, extended from events order by seq`,
    );
    expect(events.map(({ extended }): unknown => JSON.parse(extended))).toMatchObject(
      [false, true].map((is_available) => ({
        user_availability: {
          is_available,
          user: { id: bot.id, profile: { is_available } },
        },
      })),
    );
  });

  it('is said of others by admins only', async () => {
    const json = { is_available: false };
    expect(await call('PATCH', path(ADMIN_ID), { token: bot.token, json })).toMatchObject({
      status: 403,
    });
    expect(await call('PATCH', path(99_999), { token: admin, json })).toMatchObject({
      status: 404,
    });
    expect(await call('PATCH', path(bot.id), { token: admin, json })).toMatchObject({
      status: 200,
    });
    expect(await shown()).toMatchObject({ profile: { is_available: false } });
  });

  it.each([
    [{}, 'This field is required.'],
    [{ is_available: null }, 'This field may not be null.'],
    [{ is_available: 2 }, 'Must be a valid boolean.'],
  ])('refuses %j', async (json, problem) => {
    expect(await call('PATCH', path(bot.id), { token: bot.token, json })).toMatchObject({
      status: 400,
      body: { is_available: [problem] },
    });
  });

  it('can be said with the rest of a profile, too', async () => {
    const json = { profile: { is_available: false } };
    expect(await patch(bot.id, json, bot.token)).toMatchObject({
      status: 200,
      body: { profile: { is_available: false } },
    });
    expect(await db.all(sql`select kind from events`)).toEqual([{ kind: 'availability' }]);
  });
});
