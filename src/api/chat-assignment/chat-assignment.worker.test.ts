import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Scope } from '../../auth/user.ts';
import { seedChat, seedMessages } from '../../inbox/seed.test-support.ts';
import { call, stackUnderTest, textOf, tokenFor, type Answer } from '../api.test-support.ts';

const { db } = stackUnderTest();
const ADA = '48123456789';
const PATH = `/api/v1/chat_assignment/${ADA}/`;
const EVENTS = '/api/v1/chat_assignment_events/';
const NO_MEMBER = 'object does not exist.';

interface Someone {
  id: number;
  token: string;
}

let admin: string;
let bot: Someone;
let agents = 0;

/** An active user with rights of its own. */
async function someone(read: Scope = 'all', write: Scope = 'all'): Promise<Someone> {
  agents += 1;
  const json = {
    username: `agent ${agents}`,
    profile: { role: 'app' },
    permissions: { can_read_chats: read, can_write_to_chats: write },
  };
  const { body } = await call('POST', '/api/v1/users/', { token: admin, json });
  const activated = await call('GET', textOf(body, 'activation_url'));
  return { id: Number(Reflect.get(Object(body), 'id')), token: textOf(activated.body, 'token') };
}

function patch(json: unknown, token = admin, path = PATH): Promise<Answer> {
  return call('PATCH', path, { token, json });
}

/** What the events of a kind say, oldest first. */
async function told(kind: string): Promise<unknown[]> {
  const rows = await db.all<{ extended: string; chats: string; incoming: string }>(
    sql`select extended, chats, incoming from events where kind = ${kind} order by seq`,
  );
  return rows.map(({ extended, chats, incoming }) => ({
    ...(JSON.parse(extended) as object),
    chats: JSON.parse(chats) as unknown,
    incoming: JSON.parse(incoming) as unknown,
  }));
}

async function assignedTo(user: number | null, group: number | null = null): Promise<void> {
  await db.run(sql`update chats set assigned_user_id = ${user}, assigned_group_id = ${group}`);
}

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
  bot = await someone();
});

beforeEach(async () => {
  for (const table of 'chats messages events assignment_events marks webhooks'.split(' '))
    await db.run(sql.raw(`delete from ${table}`));
  await seedChat(ADA, { name: 'Ada Lovelace', userId: 'PL.1349' });
});

describe('GET /chat_assignment/{wa_id}/', () => {
  it('tells whose a chat is, under each of its names', async () => {
    await assignedTo(bot.id, 1);
    const body = { wa_id: ADA, assigned_to_user: bot.id, assigned_group: 1 };
    for (const key of [ADA, `+${ADA}`, 'PL.1349']) {
      const answer = await call('GET', `/api/v1/chat_assignment/${key}/`, { token: admin });
      expect(answer).toMatchObject({ status: 200, body });
    }
  });

  it('knows no chat that there is none of, nor one that the caller may not read', async () => {
    const other = await someone('user');
    for (const [path, token] of [
      ['/api/v1/chat_assignment/48/', admin],
      [PATH, other.token],
    ] as const) {
      expect(await call('GET', path, { token })).toMatchObject({ status: 404 });
      expect(await patch({ assigned_to_user: null }, token, path)).toMatchObject({ status: 404 });
    }
  });

  it('is for those who are signed in, and has no other method', async () => {
    expect(await call('GET', PATH)).toMatchObject({ status: 403 });
    for (const method of ['POST', 'DELETE']) {
      expect(await call(method, PATH, { token: admin, json: {} })).toMatchObject({ status: 405 });
    }
  });
});

describe('PATCH /chat_assignment/{wa_id}/', () => {
  it('assigns, tells everyone so, and tells the assignee what the chat holds', async () => {
    await seedMessages([
      { chat: ADA, timestamp: 1, id: 'm1' },
      { chat: ADA, timestamp: 2, id: 'm2' },
      { chat: ADA, timestamp: 3, id: 'm3', fromUs: true },
      { chat: ADA, timestamp: 4, id: 'm4' },
    ]);
    await db.run(sql`insert into marks (user_id, chat, ordinal) values (${bot.id}, ${ADA}, 1)`);
    expect(await patch({ assigned_to_user: bot.id })).toMatchObject({
      status: 200,
      body: { wa_id: ADA, assigned_to_user: bot.id, assigned_group: null },
    });
    const after = { wa_id: ADA, assigned_user_id: bot.id, assigned_group_id: null };
    expect(await told('assignment')).toEqual([
      {
        chat_assignment: {
          wa_id: ADA,
          timestamp: expect.any(Number),
          assigned_to_user_set: expect.objectContaining({ id: bot.id }),
          assigned_to_user_was_cleared: false,
          assigned_group_set: null,
          assigned_group_was_cleared: false,
          done_by: expect.objectContaining({ username: 'admin' }),
        },
        chats: [after, { ...after, assigned_user_id: null }],
        incoming: [],
      },
    ]);
    expect(await told('assigned')).toEqual([
      {
        assigned_messages: [
          expect.objectContaining({ id: 'm2', customer_wa_id: ADA, received: false }),
          expect.objectContaining({ id: 'm4' }),
        ],
        chats: [after],
        incoming: ['m2', 'm4'],
      },
    ]);
  });

  it.each([
    ['the last message of the customer', [false, false, true], 'm1'],
    ['ours, where the customer wrote none', [true, true], 'm1'],
  ])('tells an assignee who has received all of %s', async (_name, fromUs, id) => {
    await seedMessages(
      fromUs.map((isOurs, index) => ({
        chat: ADA,
        timestamp: index,
        id: `m${index}`,
        fromUs: isOurs,
      })),
    );
    await db.run(sql`insert into marks (user_id, chat, ordinal) values (${bot.id}, ${ADA}, 9)`);
    await patch({ assigned_to_user: bot.id });
    expect(await told('assigned')).toMatchObject([{ assigned_messages: [{ id }] }]);
  });

  it('tells an assignee nothing of a chat without messages but that it is theirs', async () => {
    await patch({ assigned_to_user: bot.id });
    expect(await told('assignment')).toHaveLength(1);
    expect(await told('assigned')).toEqual([]);
  });

  it.each([null, 0, ''])('takes %j for nobody', async (nobody) => {
    await assignedTo(bot.id, 1);
    const json = { assigned_to_user: nobody, assigned_group: nobody };
    expect(await patch(json)).toMatchObject({
      status: 200,
      body: { assigned_to_user: null, assigned_group: null },
    });
    expect(await told('assignment')).toMatchObject([
      {
        chat_assignment: {
          assigned_to_user_set: null,
          assigned_to_user_was_cleared: true,
          assigned_group_set: null,
          assigned_group_was_cleared: true,
        },
      },
    ]);
    expect(await told('assigned')).toEqual([]);
  });

  it('leaves alone what is left out, and writes nothing where nothing changes', async () => {
    await assignedTo(bot.id);
    expect(await patch({ wa_id: ADA, assigned_group: '1' })).toMatchObject({
      body: { assigned_to_user: bot.id, assigned_group: 1 },
    });
    for (const json of [{}, { assigned_group: 1 }, { assigned_to_user: bot.id }]) {
      expect(await patch(json)).toMatchObject({ status: 200 });
    }
    expect(await told('assignment')).toHaveLength(1);
    expect(await db.all(sql`select user_set, group_set, done_by from assignment_events`)).toEqual([
      { user_set: null, group_set: 1, done_by: 1 },
    ]);
  });

  it('takes forms, urlencoded and multipart', async () => {
    const fields = { assigned_to_user: String(bot.id), assigned_group: '2' };
    for (const form of [{ form: fields }, { multipart: { ...fields, assigned_group: '' } }]) {
      expect(await call('PATCH', PATH, { token: admin, ...form })).toMatchObject({ status: 200 });
    }
    expect(await call('GET', PATH, { token: admin })).toMatchObject({
      body: { assigned_to_user: bot.id, assigned_group: null },
    });
  });

  it.each([
    [{ assigned_to_user: 99_999 }, { assigned_to_user: [`Invalid pk "99999" - ${NO_MEMBER}`] }],
    [{ assigned_group: 99 }, { assigned_group: [`Invalid pk "99" - ${NO_MEMBER}`] }],
    [{ assigned_to_user: 'peter' }, { assigned_to_user: ['A valid integer is required.'] }],
    [{ assigned_to_user: 1.5 }, { assigned_to_user: ['A valid integer is required.'] }],
    [
      { assigned_group: -1 },
      { assigned_group: ['Ensure this value is greater than or equal to 0.'] },
    ],
    [{ assigned_group: { id: 1 } }, { assigned_group: ['A valid integer is required.'] }],
    [{ wa_id: '48555', assigned_group: 1 }, { wa_id: ['Must be the chat that the path names.'] }],
    [{ wa_id: '4'.repeat(101) }, { wa_id: ['Ensure this field has no more than 100 characters.'] }],
    [[], { non_field_errors: [expect.stringContaining('Expected a dictionary')] }],
  ])('refuses %j and writes nothing', async (json, problems) => {
    expect(await patch(json)).toMatchObject({ status: 400, body: problems });
    expect(await told('assignment')).toEqual([]);
    expect(await call('GET', PATH, { token: admin })).toMatchObject({
      body: { assigned_to_user: null, assigned_group: null },
    });
  });

  it('refuses what is no JSON, and other content', async () => {
    const request = { token: admin, body: '{', headers: { 'Content-Type': 'application/json' } };
    expect(await call('PATCH', PATH, request)).toMatchObject({ status: 400 });
    const other = { token: admin, body: 'x', headers: { 'Content-Type': 'text/plain' } };
    expect(await call('PATCH', PATH, other)).toMatchObject({ status: 415 });
  });

  it('gives no chat to someone who has left, but lets it stay theirs', async () => {
    const gone = await someone();
    await db.run(sql`update users set is_active = 0 where id = ${gone.id}`);
    expect(await patch({ assigned_to_user: gone.id })).toMatchObject({
      status: 400,
      body: { assigned_to_user: ['This user is not active.'] },
    });
    await assignedTo(gone.id);
    expect(await patch({ assigned_to_user: gone.id, assigned_group: 1 })).toMatchObject({
      status: 200,
    });
  });

  it('is for those who may write to the chat', async () => {
    const reader = await someone('all', 'user');
    expect(await patch({ assigned_to_user: reader.id }, reader.token)).toMatchObject({
      status: 403,
      body: { detail: 'You do not have permission to assign this chat.' },
    });
    await assignedTo(reader.id);
    // They give it away, and with it the right to take it back.
    expect(await patch({ assigned_to_user: bot.id }, reader.token)).toMatchObject({ status: 200 });
    expect(await patch({ assigned_to_user: reader.id }, reader.token)).toMatchObject({
      status: 403,
    });
  });

  it('of many at once writes each that changed something, one after the other', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, index) => patch({ assigned_group: (index % 3) + 1 })),
    );
    expect(answers.map(({ status }) => status).filter((status) => status !== 409)).not.toEqual([]);
    const rows = await db.all<{ group_set: number }>(
      sql`select group_set from assignment_events order by n`,
    );
    expect(rows.every((row, index) => row.group_set !== rows[index - 1]?.group_set)).toBe(true);
    expect(await call('GET', PATH, { token: admin })).toMatchObject({
      body: { assigned_group: rows.at(-1)?.group_set },
    });
    expect(await told('assignment')).toHaveLength(rows.length);
  });
});

describe('PUT /chat_assignment/{wa_id}/', () => {
  it('assigns; wa_id is required', async () => {
    const json = { wa_id: ADA, assigned_to_user: bot.id, assigned_group: null };
    expect(await call('PUT', PATH, { token: admin, json })).toMatchObject({
      status: 200,
      body: json,
    });
    expect(await call('PUT', PATH, { token: admin, json: { assigned_group: 1 } })).toMatchObject({
      status: 400,
      body: { wa_id: ['This field is required.'] },
    });
  });
});

describe('the subscribers', () => {
  it('get each what is theirs: everybody the assignment, the assignee what the chat holds', async () => {
    await seedMessages([{ chat: ADA, timestamp: 1, id: 'm1' }]);
    const blind = await someone('none');
    const hooks = await Promise.all(
      (
        [
          [bot, { on_assigned: true }],
          [{ token: admin }, { on_incoming_message: true }],
          [{ token: admin }, { on_cloud_api: true }],
          [blind, { on_assigned: true }],
        ] as const
      ).map(async ([{ token }, flags]) => {
        const json = { url: 'https://example.com/', ...flags };
        const { body } = await call('POST', '/api/v1/webhooks/waba/', { token, json });
        return Number(Reflect.get(Object(body), 'id'));
      }),
    );
    await patch({ assigned_to_user: bot.id });
    const bodies = await Promise.all(
      hooks.map(async (id) => {
        const { body } = await call('GET', `/api/v1/webhooks/waba/${id}/events/`, { token: admin });
        const results: { payload: object }[] = Reflect.get(Object(body), 'results');
        return results.flatMap((event) => Object.keys(event.payload));
      }),
    );
    expect(bodies).toEqual([['chat_assignment', 'assigned_messages'], ['chat_assignment'], [], []]);
    expect(await db.all(sql`select open from events`)).toEqual([{ open: 1 }, { open: 1 }]);
  });
});

describe('GET /chat_assignment_events/', () => {
  const BEN = '48555000111';

  async function history(token: string, query = ''): Promise<unknown> {
    const { body } = await call('GET', `${EVENTS}${query}`, { token });
    const results: { wa_id: string; timestamp: number }[] = Reflect.get(Object(body), 'results');
    return results.map(({ wa_id, timestamp }) => `${wa_id} ${timestamp}`);
  }

  beforeEach(async () => {
    await seedChat(BEN, { assignedUserId: bot.id });
    await db.run(sql`
      insert into assignment_events (chat, timestamp, user_set, user_was_cleared, group_set, group_was_cleared, done_by)
      values (${ADA}, 100, ${bot.id}, 0, null, 0, 1), (${BEN}, 200, null, 1, 2, 0, 1),
        (${ADA}, 300, 99999, 0, null, 1, 99999)`);
  });

  it('lists the newest first, of one chat or of all, and by time', async () => {
    expect(await history(admin)).toEqual([`${ADA} 300`, `${BEN} 200`, `${ADA} 100`]);
    expect(await history(admin, `?wa_id=${ADA}`)).toEqual([`${ADA} 300`, `${ADA} 100`]);
    expect(await history(admin, '?wa_id=PL.1349&since_time=100&before_time=300')).toEqual([
      `${ADA} 100`,
    ]);
    expect(await history(admin, '?wa_id=4800')).toEqual([]);
    expect(await history(admin, '?limit=1&offset=1')).toEqual([`${BEN} 200`]);
  });

  it('shows who it was set to and by whom, as far as they are known', async () => {
    const { body } = await call('GET', `${EVENTS}?limit=2`, { token: admin });
    expect(body).toMatchObject({
      count: 3,
      next: expect.stringContaining('offset=2'),
      previous: null,
      results: [
        { assigned_to_user_set: null, assigned_group_was_cleared: true, done_by: null },
        {
          wa_id: BEN,
          assigned_to_user_set: null,
          assigned_to_user_was_cleared: true,
          assigned_group_set: { id: 2, name: 'Admin' },
          done_by: { username: 'admin' },
        },
      ],
    });
  });

  it('shows only chats that the caller may read', async () => {
    const other = await someone('user');
    expect(await history(other.token)).toEqual([]);
    await db.run(sql`update chats set assigned_user_id = ${other.id} where wa_id = ${BEN}`);
    expect(await history(other.token)).toEqual([`${BEN} 200`]);
    expect(await history(other.token, `?wa_id=${ADA}`)).toEqual([]);
  });

  it.each(['since_time', 'before_time'])('refuses a %s that is no number', async (name) => {
    expect(await call('GET', `${EVENTS}?${name}=soon`, { token: admin })).toMatchObject({
      status: 400,
      body: { [name]: ['A valid integer is required.'] },
    });
  });
});
