import type { EventChat } from '../../events/audience.ts';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { findUser } from '../../auth/user.ts';
import type { EventRow } from '../../events/event.ts';
import { stack } from '../../inbox/seed.test-support.ts';
import { changedNumber, messages, post, text } from '../../ingest/post-body.test-support.ts';
import { framesFor } from '../../stack/sockets/event-frames.ts';
import { readJson } from '../../store/database.ts';
import { keepHouse } from '../../upkeep/housekeeping.ts';
import { type RemovableMessage, removeMessages } from '../../inbox/messages/remove-messages.ts';
import {
  ADA,
  as,
  BEN,
  listed,
  makeTag,
  people,
  prepareTagging,
  tagOn,
  told,
} from './tagging.test-support.ts';

const { db } = stack;
const NEW = '48999999999';
let tag = 0;

beforeEach(async () => {
  await prepareTagging();
  for (const table of ['statuses', 'webhooks']) await db.run(sql.raw(`delete from ${table}`));
  tag = await makeTag('VIP');
});

async function taggings(): Promise<unknown[]> {
  return db.all(sql`select tag_id, chat, last_message from chat_taggings order by chat, tag_id`);
}

describe('a message that comes in', () => {
  it("says its chat's tags and those of what it replies to, and moves the chat up in their lists", async () => {
    const tagging_id = await tagOn(tag, { message: 'wamid.a1' });
    const reply = {
      ...text('wamid.a3', { from: ADA }),
      timestamp: '777',
      context: { id: 'wamid.a1' },
    };
    await post(messages([reply]));
    const row = await db.first<Pick<EventRow, 'extended'>>(
      sql`select extended from events where kind = 'waba'`,
    );
    expect(readJson(row?.extended ?? '')).toMatchObject({
      incoming_messages: [
        {
          tags: [],
          chat_tags: [{ id: tag, name: 'VIP', web_inbox_color: null }],
          context: { id: 'a1', tags: [{ id: tag, tagging_id }] },
        },
      ],
    });
    expect(await taggings()).toEqual([{ tag_id: tag, chat: ADA, last_message: 777 }]);
  });
});

describe('a customer with a new number', () => {
  it('keeps the tags and their history', async () => {
    await tagOn(tag, { message: 'wamid.a1' });
    await post(messages([changedNumber('wamid.s', ADA, NEW)]));
    expect(await taggings()).toEqual([{ tag_id: tag, chat: NEW, last_message: 200 }]);
    expect((await as('admin', 'GET', `/chats/${NEW}/`)).body).toMatchObject({
      tags: [{ id: tag }],
    });
    expect(await listed(`/chat_tagging_events/?wa_id=${NEW}`)).toMatchObject([{ chat: NEW }]);
    expect(await listed(`/message_tagging_events/?wa_id=${NEW}`)).toHaveLength(1);
  });

  it('who is known by it already has the tags of both, each once', async () => {
    const other = await makeTag('other');
    await post(messages([text('wamid.n', { from: NEW })]));
    for (const chat of [ADA, NEW]) await tagOn(tag, { chat });
    await tagOn(other, { chat: ADA });
    await post(messages([changedNumber('wamid.s', ADA, NEW)]));
    expect(await taggings()).toEqual([
      { tag_id: tag, chat: NEW, last_message: 200 },
      { tag_id: other, chat: NEW, last_message: 200 },
    ]);
    const last = await db.first<Pick<EventRow, 'extended'>>(
      sql`select extended from events where kind = 'waba' order by seq desc limit 1`,
    );
    expect(readJson(last?.extended ?? '')).toMatchObject({
      incoming_messages: [{ chat_tags: [{ id: tag }, { id: other }] }],
    });
  });
});

describe('a customer who is erased', () => {
  it('leaves no tag, no history and no event with a note', async () => {
    await tagOn(tag, { message: 'wamid.a1', extra: { note: 'secret' } });
    await tagOn(tag, { chat: BEN });
    expect((await as('admin', 'DELETE', `/persons/${ADA}/`)).status).toBe(204);
    for (const table of ['chat_taggings', 'message_taggings', 'tagging_events', 'events']) {
      const rows = JSON.stringify(await db.all(sql.raw(`select * from ${table}`)));
      expect(rows).not.toContain(ADA);
      expect(rows).not.toContain('secret');
    }
    expect(await taggings()).toHaveLength(1);
    expect(await listed('/chat_tagging_events/')).toMatchObject([{ chat: BEN }]);
  });
});

it('a message that is removed by age takes its tags along and leaves those of its chat', async () => {
  await tagOn(tag, { message: 'a1' });
  const rows = await db.all<RemovableMessage>(
    sql`select id, waba_id, media_id from messages where id = 'a1'`,
  );
  await removeMessages(stack, rows);
  expect(await db.all(sql`select id from message_taggings`)).toEqual([]);
  expect(await listed('/message_tagging_events/')).toEqual([]);
  expect(await taggings()).toHaveLength(1);
});

it('a tag whose deletion was interrupted is taken off by the housekeeping', async () => {
  await tagOn(tag, { chat: ADA });
  await db.run(sql`update tags set state = 'deleting', deleted_by = 1 where id = ${tag}`);
  expect(await keepHouse(stack, Date.now(), false)).toBe(false);
  expect((await told()).at(-1)).toMatchObject({
    chat_tagging: { action: 'removed', chat: ADA, done_by: { username: 'admin' } },
  });
  expect(await taggings()).toEqual([]);
});

describe('who is told of a tag', () => {
  it('is whoever may read the chat, on websockets in both types of frames', async () => {
    await tagOn(tag, { chat: BEN });
    await tagOn(tag, { chat: ADA });
    const rows = await db.all<EventRow>(sql`select * from events order by seq`);
    const user = await findUser(db, people.limited?.id ?? 0);
    const framesOf = (canReadChats: 'all' | 'user'): unknown[] =>
      rows.flatMap(({ seq, kind, body, chats, extended }) =>
        framesFor(
          { userId: user?.id ?? 0, isAdmin: false, canReadChats, groupIds: [] },
          {
            seq,
            kind,
            body,
            chats: readJson<EventChat[]>(chats),
            extended: readJson(extended ?? ''),
          },
        ).map((frame): unknown => JSON.parse(frame)),
      );
    const frame = (type: string, chat: string): object => ({
      type,
      waba_payload: { chat_tagging: { chat }, tagged_chats: [{ chat }] },
    });
    const ofBen = [frame('waba_webhook', BEN), frame('getchat_webhook', BEN)];
    expect(framesOf('user')).toMatchObject(ofBen);
    expect(framesOf('all')).toMatchObject([
      ...ofBen,
      frame('waba_webhook', ADA),
      frame('getchat_webhook', ADA),
    ]);
  });

  it('is every webhook whose user may read the chat, whatever it asks for', async () => {
    const ids: Record<string, number> = {};
    for (const who of ['admin', 'limited'] as const) {
      const json = { url: 'https://example.com/x', on_outgoing_message: true };
      const { body } = await as(who, 'POST', '/webhooks/waba/', { json });
      ids[who] = Number(Reflect.get(Object(body), 'id'));
    }
    await tagOn(tag, { chat: ADA });
    await tagOn(tag, { message: 'b1' });
    expect(await db.all(sql`select open from events`)).toEqual([{ open: 1 }, { open: 1 }]);
    const toldTo = async (who: 'admin' | 'limited'): Promise<unknown[]> =>
      (await listed(`/webhooks/waba/${ids[who]}/events/`, who)).map(({ payload }) => payload);
    expect(await toldTo('admin')).toMatchObject([
      { chat_tagging: { chat: ADA } },
      { chat_tagging: { chat: BEN }, message_tagging: { message: 'wamid.b1' } },
    ]);
    expect(await toldTo('limited')).toMatchObject([{ chat_tagging: { chat: BEN } }]);
  });
});
