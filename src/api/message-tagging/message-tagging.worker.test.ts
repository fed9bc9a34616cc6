import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { stack } from '../../inbox/seed.test-support.ts';
import {
  ADA,
  as,
  BEN,
  listed,
  makeTag,
  prepareTagging,
  statusesOf,
  tagOn,
  told,
} from '../tags/tagging.test-support.ts';

const { db } = stack;
const PATH = '/message_tagging/';
let tag = 0;

beforeEach(async () => {
  await prepareTagging();
  tag = await makeTag('VIP');
});

describe('a tag on a message', () => {
  it.each(['wamid.a1', 'a1', 'A1'])(
    'is made by the id %s, shown and taken off',
    async (message) => {
      const made = await as('admin', 'POST', PATH, { json: { tag, message, extra: { a: 1 } } });
      expect([made.status, made.body]).toEqual([
        201,
        { id: expect.any(Number), tag, message: 'wamid.a1', extra: { a: 1 } },
      ]);
      const path = `${PATH}${Reflect.get(Object(made.body), 'id')}/`;
      expect((await as('admin', 'GET', path)).body).toEqual(made.body);
      expect((await as('admin', 'DELETE', path)).status).toBe(204);
      for (const method of ['GET', 'DELETE']) {
        expect((await as('admin', method, path)).status).toBe(404);
      }
    },
  );

  it('tags the chat at once, in one event', async () => {
    await tagOn(tag, { message: 'wamid.a1', extra: { a: 1 } });
    const act = {
      timestamp: expect.any(Number),
      action: 'added',
      tag: { id: tag, name: 'VIP', web_inbox_color: null },
      done_by: expect.objectContaining({ username: 'admin' }),
    };
    const message = { ...act, message: 'wamid.a1', extra: { a: 1 } };
    const chat = { ...act, chat: ADA, extra: null };
    expect(await told()).toEqual([
      {
        message_tagging: message,
        tagged_messages: [message],
        chat_tagging: chat,
        tagged_chats: [chat],
      },
    ]);
    expect(await listed('/message_tagging_events/')).toEqual([message]);
    expect(await listed('/chat_tagging_events/')).toEqual([chat]);
    expect((await as('admin', 'GET', `/chats/${ADA}/`)).body).toMatchObject({
      tags: [{ id: tag, name: 'VIP' }],
    });
  });

  it('leaves a chat as it is that has the tag already, also when it is taken off', async () => {
    await tagOn(tag, { chat: ADA });
    const id = await tagOn(tag, { message: 'a1' });
    await as('admin', 'DELETE', `${PATH}${id}/`);
    expect((await told()).map(Object.keys)).toEqual([
      ['chat_tagging', 'tagged_chats'],
      ['message_tagging', 'tagged_messages'],
      ['message_tagging', 'tagged_messages'],
    ]);
    expect(await db.all(sql`select chat from chat_taggings`)).toEqual([{ chat: ADA }]);
  });

  it('is shown with the message, also where another one replies to it', async () => {
    const tagging_id = await tagOn(tag, { message: 'a1' });
    await db.run(
      sql`update messages set payload = json_set(payload, '$.context', json('{"id":"wamid.a1"}')) where id = 'a2'`,
    );
    const shown = [{ id: tag, name: 'VIP', web_inbox_color: null, tagging_id }];
    const [newest, , oldest] = await listed('/messages/');
    expect(oldest).toMatchObject({ id: 'a1', tags: shown, chat_tags: [{ id: tag }] });
    expect(newest).toMatchObject({
      tags: [],
      chat_tags: [{ id: tag }],
      context: { id: 'a1', tags: shown, chat_tags: [{ id: tag }] },
    });
  });

  it.each([
    [{}, { tag: ['This field is required.'], message: ['This field is required.'] }],
    [{ message: '' }, { message: ['This field may not be blank.'] }],
    [{ message: ['x'] }, { message: ['Not a valid string.'] }],
    [{ message: 'x'.repeat(501) }, { message: [expect.stringContaining('500')] }],
  ])('is not made of %j', async (json, problems) => {
    expect(await as('admin', 'POST', PATH, { json })).toMatchObject({
      status: 400,
      body: problems,
    });
  });

  it('is not made for a message that there is not or that is somebody else’s, nor twice', async () => {
    const unknown = { status: 400, body: { message: ['There is no message with this id.'] } };
    expect(await as('admin', 'POST', PATH, { json: { tag, message: 'x' } })).toMatchObject(unknown);
    const foreign = { json: { tag, message: 'wamid.a1' } };
    expect(await as('limited', 'POST', PATH, foreign)).toMatchObject(unknown);
    expect(await told()).toEqual([]);
    await tagOn(tag, { message: 'wamid.a1' });
    expect(await as('admin', 'POST', PATH, foreign)).toMatchObject({
      status: 400,
      body: { non_field_errors: ['The fields tag, message must make a unique set.'] },
    });
    expect(await told()).toHaveLength(1);
  });

  it('is put on once by many at the same time, while others tag the chat', async () => {
    const answers = await Promise.all([
      ...Array.from({ length: 3 }, () =>
        as('admin', 'POST', PATH, { json: { tag, message: 'a1' } }),
      ),
      as('admin', 'POST', PATH, { json: { tag, message: 'a2' } }),
    ]);
    expect(statusesOf(answers)).toEqual([201, 201, 400, 400]);
    const keys = (await told()).flatMap(Object.keys);
    expect(keys.filter((key) => key === 'chat_tagging')).toHaveLength(1);
    expect(keys.filter((key) => key === 'message_tagging')).toHaveLength(2);
  });
});

describe('the history of tags on messages', () => {
  beforeEach(async () => {
    await db.run(sql`insert into tagging_events (chat, message, tag_id, action, user_id, timestamp) values
      (${ADA}, 'a1', ${tag}, 'added', 1, 10), (${ADA}, null, ${tag}, 'added', 1, 10),
      (${ADA}, 'a2', ${tag}, 'added', 1, 20), (${BEN}, 'b1', ${tag}, 'added', 1, 30)`);
  });

  it.each([
    ['', ['wamid.b1', 'wamid.a2', 'wamid.a1']],
    [`wa_id=${ADA}`, ['wamid.a2', 'wamid.a1']],
    ['message_id=wamid.a1', ['wamid.a1']],
    ['message_id=a1', ['wamid.a1']],
    [`message_id=a1&wa_id=${ADA}`, ['wamid.a1']],
    [`message_id=a1&wa_id=${BEN}`, []],
    ['message_id=nothing', []],
    ['wa_id=48999', []],
    ['since_time=20', ['wamid.b1', 'wamid.a2']],
    [`wa_id=${ADA}&before_time=20`, ['wamid.a1']],
  ])('with %s is that of %j', async (query, messages) => {
    const { body } = await as('admin', 'GET', `/message_tagging_events/?${query}`);
    expect(body).toMatchObject({
      count: messages.length,
      results: messages.map((message) => ({ message })),
    });
  });

  it('is that of readable chats only', async () => {
    for (const [query, messages] of [
      ['', ['wamid.b1']],
      ['message_id=a1', []],
      ['message_id=b1', ['wamid.b1']],
      [`wa_id=${ADA}`, []],
    ] as const) {
      const entries = await listed(`/message_tagging_events/?${query}`, 'limited');
      expect(entries.map(({ message }) => message)).toEqual(messages);
    }
  });
});
