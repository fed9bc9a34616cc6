import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { stack } from '../../inbox/seed.test-support.ts';
import { workTagDeletions } from '../../inbox/tags/work-tag-deletions.ts';
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

beforeEach(prepareTagging);

describe('a tag', () => {
  it('is made with a name and a color, and listed in the order of making', async () => {
    const made = await as('limited', 'POST', '/tags/', {
      json: { name: ' VIP ', web_inbox_color: '#ff0000' },
    });
    const tag = { id: expect.any(Number), name: 'VIP', web_inbox_color: '#ff0000' };
    expect(made).toMatchObject({ status: 201, body: tag });
    await makeTag('late');
    expect(await listed('/tags/')).toEqual([
      tag,
      { id: expect.any(Number), name: 'late', web_inbox_color: null },
    ]);
  });

  it.each([
    ['JSON', { json: { name: 'x', web_inbox_color: null } }],
    ['a form', { form: { name: 'x' } }],
    ['a multipart form', { multipart: { name: 'x' } }],
  ])('is made of %s', async (_name, request) => {
    expect(await as('admin', 'POST', '/tags/', request)).toMatchObject({
      status: 201,
      body: { name: 'x', web_inbox_color: null },
    });
  });

  it.each([
    [{}, { name: ['This field is required.'] }],
    [{ name: '  ' }, { name: ['This field may not be blank.'] }],
    [{ name: null }, { name: ['This field may not be null.'] }],
    [{ name: ['x'] }, { name: ['Not a valid string.'] }],
    [{ name: 'x'.repeat(1_001) }, { name: [expect.stringContaining('1000')] }],
    [{ name: 'x', web_inbox_color: {} }, { web_inbox_color: ['Not a valid string.'] }],
    [
      { name: 'x', web_inbox_color: 'x'.repeat(1_001) },
      { web_inbox_color: [expect.stringContaining('1000')] },
    ],
  ])('is not made of what is missing, too long or of another type: %#', async (json, problems) => {
    expect(await as('admin', 'POST', '/tags/', { json })).toMatchObject({
      status: 400,
      body: problems,
    });
    expect(await listed('/tags/')).toEqual([]);
  });

  it('comes in pages', async () => {
    for (const name of ['a', 'b', 'c']) await makeTag(name);
    expect((await as('admin', 'GET', '/tags/?limit=1&offset=1')).body).toMatchObject({
      count: 3,
      next: 'https://inbox.example/api/v1/tags/?limit=1&offset=2',
      previous: 'https://inbox.example/api/v1/tags/?limit=1',
      results: [{ name: 'b' }],
    });
  });

  it('is one too many after a thousand', async () => {
    await db.run(sql`insert into tags (name) with recursive n (i) as (
      select 1 union all select i + 1 from n where i < 1000) select 'tag ' || i from n`);
    expect(await as('admin', 'POST', '/tags/', { json: { name: 'x' } })).toMatchObject({
      status: 400,
      body: { reason: 'There are 1000 tags already.' },
    });
  });

  it('has no other methods, and is nobody’s who is not signed in', async () => {
    const id = await makeTag('x');
    for (const [method, path] of [
      ['PUT', '/tags/'],
      ['GET', `/tags/${id}/`],
      ['PATCH', `/tags/${id}/`],
    ] as const) {
      expect(await as('admin', method, path, method === 'GET' ? {} : { json: {} })).toMatchObject({
        status: 405,
      });
    }
    const { token } = people.admin ?? {};
    people.admin = { token: '', id: 1 };
    expect((await as('admin', 'GET', '/tags/')).status).toBe(403);
    people.admin = { token: token ?? '', id: 1 };
  });
});

describe('who may use no tags', () => {
  it('sees them, and changes none', async () => {
    const id = await makeTag('x');
    const tagging = await tagOn(id, { message: 'wamid.a1' });
    const [chat] = await db.all<{ id: number }>(sql`select id from chat_taggings`);
    expect(await listed('/tags/', 'tagless')).toMatchObject([{ id }]);
    expect((await as('tagless', 'GET', `/message_tagging/${tagging}/`)).status).toBe(200);
    for (const [method, path, json] of [
      ['POST', '/tags/', { name: 'y' }],
      ['DELETE', `/tags/${id}/`, undefined],
      ['POST', '/chat_tagging/', { tag: id, chat: BEN }],
      ['POST', '/message_tagging/', { tag: id, message: 'b1' }],
      ['DELETE', `/message_tagging/${tagging}/`, undefined],
      ['DELETE', `/chat_tagging/${chat?.id}/`, undefined],
      ['DELETE', '/chat_tagging/999/', undefined],
    ] as const) {
      expect(await as('tagless', method, path, { json })).toMatchObject({
        status: 403,
        body: { detail: 'You do not have permission to use tags.' },
      });
    }
    expect(await told()).toHaveLength(1);
  });
});

describe('a tag that is deleted', () => {
  it('is gone from the list, the chats and the messages at once, and every tagging is told', async () => {
    const tag = await makeTag('old');
    const kept = await makeTag('kept');
    await tagOn(tag, { message: 'wamid.a1', extra: { why: 'x' } });
    await tagOn(tag, { chat: BEN });
    await tagOn(kept, { chat: BEN });
    expect((await as('limited', 'DELETE', `/tags/${tag}/`)).status).toBe(204);
    expect(await listed('/tags/')).toMatchObject([{ id: kept }]);
    expect((await as('admin', 'GET', `/chats/${ADA}/`)).body).toMatchObject({ tags: [] });
    expect((await as('admin', 'GET', `/chats/${BEN}/`)).body).toMatchObject({
      tags: [{ id: kept }],
    });
    expect(
      await db.all(sql`select tag_id from chat_taggings
      union all select tag_id from message_taggings`),
    ).toEqual([{ tag_id: kept }]);
    expect((await told()).slice(3)).toEqual([
      expect.objectContaining({
        message_tagging: expect.objectContaining({
          action: 'removed',
          message: 'wamid.a1',
          extra: { why: 'x' },
          tag: { id: tag, name: 'old', web_inbox_color: null },
          done_by: expect.objectContaining({ username: 'limited' }),
        }),
      }),
      expect.objectContaining({ chat_tagging: expect.objectContaining({ chat: ADA }) }),
      expect.objectContaining({ chat_tagging: expect.objectContaining({ chat: BEN }) }),
    ]);
    expect(await listed(`/chat_tagging_events/?wa_id=${ADA}`)).toMatchObject([
      { action: 'removed', tag: { id: tag, name: 'old' } },
      { action: 'added', tag: { id: tag, name: 'old' } },
    ]);
  });

  it('is not found afterwards, nor anything of it', async () => {
    const tag = await makeTag('old');
    const tagging = await tagOn(tag, { chat: ADA });
    await db.run(sql`update tags set state = 'deleting', deleted_by = 1`);
    expect((await as('admin', 'DELETE', `/tags/${tag}/`)).status).toBe(404);
    for (const method of ['GET', 'DELETE']) {
      expect((await as('admin', method, `/chat_tagging/${tagging}/`)).status).toBe(404);
    }
    expect(await as('admin', 'POST', '/chat_tagging/', { json: { tag, chat: BEN } })).toMatchObject(
      {
        status: 400,
        body: { tag: [`Invalid pk "${tag}" - object does not exist.`] },
      },
    );
    expect((await as('admin', 'DELETE', '/tags/x/')).status).toBe(404);
  });

  it('is taken off each of many chats once, by several at the same time', async () => {
    const tag = await makeTag('busy');
    await db.batch([
      sql`insert into chats (wa_id, contact, last_message) with recursive n (i) as (
        select 1 union all select i + 1 from n where i < 50) select '77' || i, '{}', i from n`,
      sql`insert into chat_taggings (tag_id, chat, last_message)
        select ${tag}, wa_id, last_message from chats where contact = '{}'`,
      sql`insert into chat_taggings (tag_id, chat) values (${tag}, 'gone')`,
      sql`insert into message_taggings (tag_id, message, timestamp) values (${tag}, 'gone', 1)`,
      sql`update tags set state = 'deleting', deleted_by = 1`,
    ]);
    const deadline = Date.now() + 5_000;
    await Promise.all([workTagDeletions(stack, deadline), workTagDeletions(stack, deadline)]);
    const chats = (await told()).map(({ chat_tagging }) =>
      Reflect.get(Object(chat_tagging), 'chat'),
    );
    expect([chats.length, new Set(chats).size]).toEqual([50, 50]);
    expect(await db.all(sql`select state from tags`)).toEqual([{ state: 'deleted' }]);
    expect(
      await db.all(sql`select id from chat_taggings
      union all select id from message_taggings`),
    ).toEqual([]);
    expect(await listed('/chat_tagging_events/?limit=5')).toHaveLength(5);
  });
});
