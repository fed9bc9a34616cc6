import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { seedMessages, stack } from '../../inbox/seed.test-support.ts';
import { MAX_TAGS_EACH } from '../../inbox/tags/put-on.ts';
import { requestApi } from '../api.test-support.ts';
import {
  ADA,
  as,
  BEN,
  listed,
  makeTag,
  people,
  prepareTagging,
  statusesOf,
  tagOn,
  told,
} from '../tags/tagging.test-support.ts';

const { db } = stack;
const PATH = '/chat_tagging/';
let tag = 0;

beforeEach(async () => {
  await prepareTagging();
  tag = await makeTag('VIP');
});

describe('a tag on a chat', () => {
  it('is made, shown and taken off', async () => {
    const made = await as('admin', 'POST', PATH, {
      json: { tag, chat: ADA, extra: { by: ['x', 1] } },
    });
    const id = expect.any(Number);
    expect(made).toMatchObject({ status: 201 });
    expect(made.body).toEqual({ id, tag, chat: ADA, extra: { by: ['x', 1] } });
    const path = `${PATH}${Reflect.get(Object(made.body), 'id')}/`;
    expect((await as('admin', 'GET', path)).body).toEqual(made.body);
    expect(await as('admin', 'DELETE', path)).toMatchObject({ status: 204, text: '' });
    for (const method of ['GET', 'DELETE']) {
      expect((await as('admin', method, path)).status).toBe(404);
    }
    expect(await tagOn(tag, { chat: ADA })).toBeGreaterThan(0);
  });

  it('is told with links to where the stack is known to be, from wherever it is put on', async () => {
    const config = { ...stack.config, publicUrl: 'https://public.example' };
    const headers = { Authorization: `Token ${people.admin?.token}` };
    const body = new URLSearchParams({ tag: String(tag), chat: ADA });
    const init = { method: 'POST', headers, body };
    await requestApi({ ...stack, config }, `https://inside.example/api/v1${PATH}`, init);
    await requestApi({ ...stack, config }, `https://inside.example/api/v1/tags/${tag}/`, {
      method: 'DELETE',
      headers,
    });
    const by = { done_by: { url: 'https://public.example/api/v1/users/1/' } };
    expect(await told()).toMatchObject([
      { chat_tagging: { action: 'added', ...by } },
      { chat_tagging: { action: 'removed', ...by } },
    ]);
  });

  it('is shown with the chat, its messages and the lists of both', async () => {
    const tagging_id = await tagOn(tag, { chat: ADA });
    const shown = [{ id: tag, name: 'VIP', web_inbox_color: null, tagging_id }];
    expect((await as('admin', 'GET', `/chats/${ADA}/`)).body).toMatchObject({
      tags: shown,
      last_message: { tags: [], chat_tags: shown },
    });
    const chats = await listed('/chats/');
    expect(chats.map(({ tags }) => tags)).toEqual([shown, []]);
    const messages = await listed('/messages/');
    expect(messages.map(({ chat_tags }) => chat_tags)).toEqual([shown, [], shown]);
    expect((await as('admin', 'GET', '/messages/a1/')).body).toMatchObject({ chat_tags: shown });
  });

  it.each<[string, { form?: object; multipart?: object; json?: object }, object | null]>([
    ['a form', { form: { extra: '{"a":1}' } }, { a: 1 }],
    ['a form without a note', { form: { extra: '' } }, null],
    ['a multipart form', { multipart: { extra: '' } }, null],
    ['JSON without a note', { json: { extra: null } }, null],
  ])('may come as %s', async (_name, { form, multipart, json }, extra) => {
    const body = { tag: String(tag), chat: `+${ADA}` };
    const request = {
      ...(form && { form: { ...body, ...form } }),
      ...(multipart && { multipart: { ...body, ...multipart } }),
      ...(json && { json: { ...body, ...json } }),
    };
    const { status, body: answer } = await as('admin', 'POST', PATH, request);
    expect([status, answer]).toMatchObject([201, { tag, chat: ADA, extra }]);
  });

  it.each<[string, (tag: number) => unknown, object]>([
    [
      'nothing',
      () => ({}),
      { tag: ['This field is required.'], chat: ['This field is required.'] },
    ],
    ['no chat', (id) => ({ tag: id, chat: '' }), { chat: ['This field may not be blank.'] }],
    [
      'a tag of another type',
      () => ({ tag: 'x', chat: ADA }),
      { tag: ['A valid integer is required.'] },
    ],
    ['a fraction', () => ({ tag: 1.5, chat: ADA }), { tag: ['A valid integer is required.'] }],
    ['a chat of another type', (id) => ({ tag: id, chat: {} }), { chat: ['Not a valid string.'] }],
    [
      'a note that is a text',
      (id) => ({ tag: id, chat: ADA, extra: 'x' }),
      { extra: expect.anything() },
    ],
    [
      'a note that is a list',
      (id) => ({ tag: id, chat: ADA, extra: [1] }),
      { extra: expect.anything() },
    ],
    [
      'a note that is too long',
      (id) => ({ tag: id, chat: ADA, extra: { x: 'x'.repeat(10_000) } }),
      { extra: [expect.stringContaining('10000')] },
    ],
    [
      'a tag that there is not',
      (id) => ({ tag: id + 1, chat: ADA }),
      { tag: [expect.stringMatching(/^Invalid pk "\d+" - object does not exist.$/)] },
    ],
    [
      'a chat that there is not',
      (id) => ({ tag: id, chat: '48999' }),
      { chat: ['There is no chat with this customer.'] },
    ],
    ['a list', () => [], { non_field_errors: [expect.stringContaining('dictionary')] }],
  ])('is not made of %s, and nothing is written', async (_name, json, problems) => {
    expect(await as('admin', 'POST', PATH, { json: json(tag) })).toMatchObject({
      status: 400,
      body: problems,
    });
    expect(await told()).toEqual([]);
    expect(await listed('/chat_tagging_events/')).toEqual([]);
  });

  it('is refused as malformed JSON and as another kind of body', async () => {
    const headers = { 'Content-Type': 'application/json' };
    expect((await as('admin', 'POST', PATH, { headers, body: '{"tag":' })).status).toBe(400);
    const xml = { headers: { 'Content-Type': 'text/xml' }, body: '<x/>' };
    expect((await as('admin', 'POST', PATH, xml)).status).toBe(415);
    expect((await as('admin', 'GET', PATH)).status).toBe(405);
    expect((await as('admin', 'PATCH', `${PATH}1/`, { json: {} })).status).toBe(405);
    expect((await as('admin', 'GET', `${PATH}x/`)).status).toBe(404);
  });

  it('is put on once, also by many at the same time', async () => {
    const json = { tag, chat: ADA };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => as('admin', 'POST', PATH, { json })),
    );
    expect(statusesOf(answers)).toEqual([201, 400, 400, 400, 400]);
    expect(answers.find(({ status }) => status === 400)?.body).toEqual({
      non_field_errors: ['The fields tag, chat must make a unique set.'],
      reason: 'The fields tag, chat must make a unique set.',
    });
    expect(await told()).toHaveLength(1);
    expect(await listed('/chat_tagging_events/')).toHaveLength(1);
  });

  it('is taken off once, also by many at the same time', async () => {
    const path = `${PATH}${await tagOn(tag, { chat: ADA })}/`;
    const answers = await Promise.all(Array.from({ length: 4 }, () => as('admin', 'DELETE', path)));
    expect(statusesOf(answers)).toEqual([204, 404, 404, 404]);
    expect(await told()).toHaveLength(2);
  });

  it('is one too many after a hundred', async () => {
    await db.run(sql`insert into chat_taggings (tag_id, chat) with recursive n (i) as (
      select 1 union all select i + 1 from n where i < ${MAX_TAGS_EACH}) select 1000 + i, ${ADA} from n`);
    for (const [path, on] of [
      [PATH, { chat: ADA }],
      ['/message_tagging/', { message: 'a1' }],
    ] as const) {
      expect(await as('admin', 'POST', path, { json: { tag, ...on } })).toMatchObject({
        status: 400,
        body: { tag: ['There are 100 tags on it already.'] },
      });
    }
  });

  it('is told as an object, and in a list under the former name', async () => {
    await tagOn(tag, { chat: ADA, extra: { a: 1 } });
    const [event] = await told();
    const act = {
      timestamp: expect.any(Number),
      action: 'added',
      tag: { id: tag, name: 'VIP', web_inbox_color: null },
      chat: ADA,
      extra: { a: 1 },
      done_by: expect.objectContaining({
        username: 'admin',
        url: expect.stringContaining('/users/'),
      }),
    };
    expect(event).toEqual({ chat_tagging: act, tagged_chats: [act] });
    expect(await listed('/chat_tagging_events/')).toEqual([act]);
    expect(
      await db.all(sql`select chats, incoming, body from events where kind = 'tagging'`),
    ).toEqual([
      {
        chats: JSON.stringify([{ wa_id: ADA, assigned_user_id: null, assigned_group_id: null }]),
        incoming: '[]',
        body: null,
      },
    ]);
  });
});

describe('the chat of somebody else', () => {
  it('cannot be tagged, nor its tags be seen', async () => {
    const id = await tagOn(tag, { chat: ADA });
    expect(await as('limited', 'POST', PATH, { json: { tag, chat: ADA } })).toMatchObject({
      status: 400,
      body: { chat: ['There is no chat with this customer.'] },
    });
    for (const method of ['GET', 'DELETE']) {
      expect((await as('limited', method, `${PATH}${id}/`)).status).toBe(404);
    }
    await tagOn(tag, { chat: BEN }, 'limited');
    const own = await listed('/chat_tagging_events/', 'limited');
    expect(own.map(({ chat }) => chat)).toEqual([BEN]);
    expect(await listed(`/chat_tagging_events/?wa_id=${ADA}`, 'limited')).toEqual([]);
    expect((await as('limited', 'GET', '/chat_tagging_events/')).body).toMatchObject({ count: 1 });
    expect(people.limited?.id).toBeGreaterThan(0);
  });
});

describe('the history of tags on chats', () => {
  beforeEach(async () => {
    await db.run(sql`insert into tagging_events (chat, message, tag_id, action, user_id, timestamp) values
      (${ADA}, null, ${tag}, 'added', 1, 10), (${ADA}, 'a1', ${tag}, 'added', 1, 11),
      (${BEN}, null, ${tag}, 'added', 1, 20), (${ADA}, null, ${tag}, 'removed', 1, 30)`);
  });

  it.each([
    ['', [30, 20, 10]],
    [`wa_id=${ADA}`, [30, 10]],
    [`wa_id=%2B${ADA}`, [30, 10]],
    ['wa_id=48999', []],
    ['since_time=20', [30, 20]],
    ['before_time=20', [10]],
    [`wa_id=${ADA}&since_time=10&before_time=30`, [10]],
    ['since_time=&before_time=&wa_id=', [30, 20, 10]],
  ])('with %s is that of %j', async (query, times) => {
    const { body } = await as('admin', 'GET', `/chat_tagging_events/?${query}`);
    expect(body).toMatchObject({
      count: times.length,
      results: times.map((timestamp) => ({ timestamp })),
    });
  });

  it('comes in pages', async () => {
    expect((await as('admin', 'GET', '/chat_tagging_events/?limit=1&offset=1')).body).toMatchObject(
      {
        count: 3,
        next: expect.stringContaining('offset=2'),
        results: [{ timestamp: 20 }],
      },
    );
  });

  it.each(['since_time=x', 'before_time=1.5'])('is refused with %s', async (query) => {
    const [name = ''] = query.split('=');
    expect(await as('admin', 'GET', `/chat_tagging_events/?${query}`)).toMatchObject({
      status: 400,
      body: { [name]: ['A valid integer is required.'] },
    });
  });
});

it('the time of a chat’s last message follows into the list of its tag', async () => {
  await tagOn(tag, { chat: ADA });
  await seedMessages([{ chat: ADA, timestamp: 900 }]);
  expect(await db.all(sql`select last_message from chat_taggings`)).toEqual([
    { last_message: 900 },
  ]);
});
