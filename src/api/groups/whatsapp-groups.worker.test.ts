import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  messages,
  post,
  stack,
  storedMessages,
  text,
} from '../../ingest/post-body.test-support.ts';
import { cloudBody, statusBody } from '../../ingest/sample-bodies.test-support.ts';
import { call, tokenFor } from '../api.test-support.ts';

const GROUP = 'Y2FwaV9ncm91cDoxNTU1MDAwMDAwMTo0Mg==';
const ADA = '48600100200';
const BEN = '48600100300';

let token: string;

const TABLES =
  'events messages statuses chats marks outbox whatsapp_groups group_participants erasures messages_search chats_search';

beforeAll(async () => {
  token = await tokenFor('admin', 'admin');
});

beforeEach(async () => {
  for (const table of TABLES.split(' ')) await stack.db.run(sql.raw(`delete from ${table}`));
  await stack.db.run(sql`update counters set value = 0`);
});

async function get(path: string): Promise<unknown> {
  return (await call('GET', `/api/v1/${path}`, { token })).body;
}

const chat = (key: string): Promise<unknown> => get(`chats/${encodeURIComponent(key)}/`);

function inGroup(id: string, from = ADA, extra: object = {}): object {
  return {
    ...text(id, { from }, `hello ${id}`),
    group_id: GROUP,
    timestamp: '1760000000',
    ...extra,
  };
}

function contact(waId: string, name: string): object {
  return { wa_id: waId, profile: { name } };
}

function update(type: string, field: string, rest: object): object {
  return cloudBody(field, { groups: [{ type, group_id: GROUP, timestamp: '100', ...rest }] });
}

const created = update('group_create', 'group_lifecycle_update', {
  request_id: 'r',
  subject: 'Book club',
  description: 'Mondays',
  invite_link: 'https://chat.whatsapp.com/x',
  join_approval_mode: 'auto_approve',
});

function joined(...waIds: string[]): object {
  return update('group_participants_add', 'group_participants_update', {
    reason: 'invite_link',
    added_participants: waIds.map((wa_id) => ({ wa_id })),
  });
}

function left(at: string, ...removed: object[]): object {
  return update('group_participants_remove', 'group_participants_update', {
    timestamp: at,
    removed_participants: removed,
  });
}

describe('a message in a group', () => {
  it("is in the group's own chat, which shows who wrote it; the member's chat stays as it is", async () => {
    await post(messages([text('wamid.p', { from: ADA })], [contact(ADA, 'Ada')]));
    const before = await chat(ADA);
    await post(messages([inGroup('wamid.g', ADA)], [contact(ADA, 'Ada')]));
    expect(await chat(ADA)).toEqual(before);
    expect(await chat(GROUP)).toMatchObject({
      wa_id: GROUP,
      kind: 'group',
      new_messages: 1,
      group: { subject: '', participants: [] },
      last_message: {
        customer_wa_id: GROUP,
        sender: null,
        participant: { wa_id: ADA, user_id: null, name: 'Ada' },
        waba_payload: { from: ADA, group_id: GROUP },
      },
    });
  });

  it('makes no chat with a member who never wrote to us', async () => {
    await post(messages([inGroup('wamid.g', BEN)], [contact(BEN, 'Ben')]));
    expect(await get('chats/')).toMatchObject({ count: 1, results: [{ wa_id: GROUP }] });
    expect((await call('GET', `/api/v1/chats/${BEN}/`, { token })).status).toBe(404);
  });

  it.each([
    [
      'a user id alone',
      { from: undefined, from_user_id: 'US.12' },
      { wa_id: null, user_id: 'US.12' },
    ],
    ['both', { from_user_id: 'US.12' }, { wa_id: ADA, user_id: 'US.12' }],
    ['nothing', { from: undefined }, null],
  ])('is taken whoever wrote it: %s', async (_name, sender, participant) => {
    await post(messages([inGroup('wamid.g', ADA, sender)]));
    expect(await chat(GROUP)).toMatchObject({
      last_message: { participant },
    });
  });

  it('is told of with its group, and its writer beside it', async () => {
    const written = await post(messages([inGroup('wamid.g')], [contact(ADA, 'Ada')]));
    const event = await stack.db.first<{ extended: string; chats: string }>(
      sql`select extended, chats from events where seq = ${written?.seq ?? 0}`,
    );
    expect(JSON.parse(event?.chats ?? '')).toMatchObject([{ wa_id: GROUP }]);
    expect(JSON.parse(event?.extended ?? '')).toMatchObject({
      contacts: [contact(ADA, 'Ada')],
      incoming_messages: [{ customer_wa_id: GROUP, participant: { wa_id: ADA, name: 'Ada' } }],
    });
  });
});

describe('a status of a message to a group', () => {
  it.each(['recipient_participant_id', 'participant_recipient_id'])(
    'is one for each member (%s), and of the group alone',
    async (key) => {
      await post(messages([inGroup('wamid.g')]));
      await stack.db
        .run(sql`insert into messages (id, waba_id, chat, from_us, type, timestamp, payload)
        values ('out', 'wamid.out', ${GROUP}, 1, 'text', 1, '{}')`);
      const of = (member: string): object => ({
        id: 'wamid.out',
        status: 'read',
        timestamp: '5',
        recipient_id: GROUP,
        recipient_type: 'group',
        recipient_user_id: 'US.5',
        [key]: member,
      });
      const written = await post(statusBody(of(ADA), of(BEN), of(BEN)));
      expect(await stack.db.all(sql`select participant from statuses order by 1`)).toEqual([
        { participant: ADA },
        { participant: BEN },
      ]);
      const event = await stack.db.first<{ chats: string }>(
        sql`select chats from events where seq = ${written?.seq ?? 0}`,
      );
      expect(JSON.parse(event?.chats ?? '')).toMatchObject([{ wa_id: GROUP }]);
      expect(await stack.db.all(sql`select wa_id, user_id from chats`)).toEqual([
        { wa_id: GROUP, user_id: null },
      ]);
    },
  );
});

describe("WhatsApp's word of a group", () => {
  it('names its chat, by which it is found, and who is in it', async () => {
    await post(messages([text('wamid.p', { from: ADA })], [contact(ADA, 'Ada')]));
    await post(created);
    await post(joined(ADA, BEN));
    await post(messages([inGroup('wamid.g')]));
    expect(await chat(GROUP)).toMatchObject({
      kind: 'group',
      contact: { waba_payload: { profile: { name: 'Book club' }, wa_id: GROUP }, initials: 'BC' },
      group: {
        subject: 'Book club',
        description: 'Mondays',
        invite_link: 'https://chat.whatsapp.com/x',
        join_approval_mode: 'auto_approve',
        participants: [
          { wa_id: ADA, user_id: null, name: 'Ada' },
          { wa_id: BEN, user_id: null, name: '' },
        ],
        is_suspended: false,
        is_deleted: false,
      },
    });
    expect(await get('chats/?search=ook%20cl')).toMatchObject({ results: [{ wa_id: GROUP }] });
    expect(await chat(ADA)).toMatchObject({ kind: 'individual', group: null });
  });

  it('of members holds by its time, in whatever order and spelling it comes', async () => {
    await post(left('300', { input: `+${ADA.slice(0, 2)} ${ADA.slice(2)}` }));
    await post(joined(ADA, BEN));
    await post(left('200', { wa_id: '4811' }));
    expect(await chat(GROUP)).toMatchObject({ group: { participants: [{ wa_id: BEN }] } });
  });

  it('of settings changes what it says succeeded', async () => {
    await post(created);
    await post(
      update('group_settings_update', 'group_settings_update', {
        timestamp: 200,
        group_subject: { text: 'Chess club', update_successful: true },
        group_description: { text: 'Fridays', update_successful: false, errors: [{ code: 1 }] },
      }),
    );
    await post(update('group_suspend', 'group_status_update', { timestamp: '201' }));
    expect(await chat(GROUP)).toMatchObject({
      contact: { initials: 'CC' },
      group: { subject: 'Chess club', description: 'Mondays', is_suspended: true },
    });
    await post(update('group_suspend_cleared', 'group_status_update', { timestamp: '202' }));
    await post(update('group_delete', 'group_lifecycle_update', { timestamp: '203' }));
    expect(await chat(GROUP)).toMatchObject({ group: { is_suspended: false, is_deleted: true } });
  });

  it('that failed makes no chat', async () => {
    const errors = [{ code: 131211 }];
    await post(update('group_create', 'group_lifecycle_update', { subject: 'x', errors }));
    expect(await stack.db.all(sql`select * from chats`)).toEqual([]);
  });
});

describe('a message to a group', () => {
  const send = (body: object) => call('POST', '/api/v1/messages/', { token, json: body });
  const TEXT = { type: 'text', text: { body: 'hi all' } };
  const payloads = async () =>
    (
      await stack.db.all<{ payload: string; chat: string }>(
        sql`select m.payload, m.chat from outbox o join messages m on m.n = o.n order by o.n`,
      )
    ).map(({ chat: key, payload }) => [key, JSON.parse(payload)]);
  const SENT = { recipient_type: 'group', to: GROUP, ...TEXT };

  it('is sent with recipient_type "group", in no window, to a known one without saying so', async () => {
    await post(created);
    await stack.db.run(sql`update events set created_at = 1`);
    expect((await send({ wa_id: GROUP, ...TEXT })).status).toBe(202);
    expect((await send({ wa_id: GROUP, recipient_type: 'group', ...TEXT })).status).toBe(202);
    expect(await payloads()).toMatchObject([
      [GROUP, SENT],
      [GROUP, SENT],
    ]);
    expect(await chat(GROUP)).toMatchObject({ last_message: { from_us: true, participant: null } });
  });

  it('makes the chat of one that is not known yet, where it is said to be one', async () => {
    expect((await send({ wa_id: GROUP, ...TEXT })).status).toBe(400);
    expect((await send({ wa_id: GROUP, recipient_type: 'group', ...TEXT })).status).toBe(202);
    expect(await chat(GROUP)).toMatchObject({ kind: 'group' });
  });

  it('is refused where the chat is of another kind, and the field named', async () => {
    await post(messages([text('wamid.p', { from: ADA }), inGroup('wamid.g')]));
    for (const body of [
      { wa_id: ADA, recipient_type: 'group', ...TEXT },
      { wa_id: GROUP, recipient_type: 'individual', ...TEXT },
    ]) {
      const { status, body: answer } = await send(body);
      expect([status, answer]).toMatchObject([400, { recipient_type: [expect.any(String)] }]);
    }
    expect(await payloads()).toEqual([]);
  });
});

describe('someone who is erased', () => {
  it('leaves nothing in groups', async () => {
    await post(joined(ADA, BEN));
    await post(
      messages([text('wamid.p', { from: ADA }), inGroup('wamid.g'), inGroup('wamid.b', BEN)]),
    );
    const { status } = await call('DELETE', `/api/v1/persons/${ADA}/`, { token });
    expect(status).toBe(204);
    expect(await storedMessages()).toMatchObject([{ waba_id: 'wamid.b' }]);
    expect(await chat(GROUP)).toMatchObject({ group: { participants: [{ wa_id: BEN }] } });
  });
});
