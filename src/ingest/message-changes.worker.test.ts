import { linksAt } from '../inbox/media/links.ts';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../auth/user.ts';
import { listChats } from '../inbox/chats/list-chats.ts';
import { listMessages } from '../inbox/messages/list-messages.ts';
import type { ApiMessage } from '../inbox/messages/present-message.ts';
import {
  changedNumber,
  emptyStack,
  messages,
  NOW,
  post,
  stack,
  text,
} from './post-body.test-support.ts';
import { cloudBody } from './sample-bodies.test-support.ts';

const FROM = { from: '48600100200' };
const admin: User = {
  id: 1,
  username: 'ada',
  firstName: '',
  lastName: '',
  email: '',
  role: 'admin',
  isActive: true,
  isAvailable: true,
  canUseTags: true,
  canReadChats: 'all',
  canWriteToChats: 'all',
  groups: [],
};
const BASE = 'http://waypost.test';
const LINKS = linksAt(stack.config, BASE, 0);

function edit(id: string, original: string, message: object, extra: object = {}): object {
  const said = { original_message_id: original, message };
  return { ...FROM, id, timestamp: '10', type: 'edit', edit: said, ...extra };
}

function editedText(id: string, original: string, body: string, extra: object = {}): object {
  return edit(id, original, { type: 'text', text: { body } }, extra);
}

function revoke(id: string, original: string, extra: object = {}): object {
  const revoked = { original_message_id: original };
  return { ...FROM, id, timestamp: '20', type: 'revoke', revoke: revoked, ...extra };
}

async function list(search?: string, waId?: string): Promise<ApiMessage[]> {
  const part = { limit: 100, offset: 0 };
  const request = {
    waId,
    sinceTime: undefined,
    beforeTime: undefined,
    fromUs: undefined,
    chatTagId: undefined,
    search,
    markAsReceived: false,
    part,
  };
  return (await listMessages(stack.db, admin, request, LINKS)).items;
}

async function shown(wabaId: string): Promise<ApiMessage> {
  const all = await list();
  const one = all.find((message) => message.waba_payload['id'] === wabaId);
  if (one === undefined) throw new Error(`There is no message ${wabaId}.`);
  return one;
}

/** The WhatsApp ids of the messages that a search finds, with the index, in a chat, and without the index. */
async function found(phrase: string): Promise<unknown[]> {
  const ids = (all: ApiMessage[]): unknown[] =>
    all.map(({ waba_payload: payload }) => payload['id']);
  const byIndex = ids(await list(phrase));
  const inChat = ids(await list(phrase, FROM.from));
  const short = ids(await list(phrase.slice(0, 2)));
  expect([inChat, short]).toEqual([byIndex, byIndex]);
  return byIndex;
}

beforeEach(emptyStack);

describe('an edit', () => {
  it.each(['before', 'after', 'with'])('that comes %s its message changes it', async (when) => {
    const original = text('wamid.o', FROM, 'giraffe');
    const edited = editedText('wamid.e', 'wamid.o', 'zebra');
    if (when === 'with') await post(messages([original, edited]));
    else
      for (const item of when === 'after' ? [original, edited] : [edited, original])
        await post(messages([item]));
    expect(await shown('wamid.o')).toMatchObject({
      waba_payload: { type: 'text', text: { body: 'zebra' }, timestamp: '5' },
      edited_at: 10,
      is_deleted: false,
    });
    expect([await found('zebra'), await found('giraffe')]).toEqual([['wamid.o'], []]);
  });

  it('that is older than another one says nothing any more, however late it comes', async () => {
    await post(messages([text('wamid.o', FROM, 'giraffe')]));
    await post(messages([editedText('wamid.e2', 'wamid.o', 'zebra', { timestamp: '12' })]));
    await post(messages([editedText('wamid.e1', 'wamid.o', 'okapi', { timestamp: '11' })]));
    expect(await shown('wamid.o')).toMatchObject({
      waba_payload: { text: { body: 'zebra' } },
      edited_at: 12,
    });
    expect([await found('zebra'), await found('okapi')]).toEqual([['wamid.o'], []]);
  });

  it('of a message that is not known is shown, and found by its words until a newer one comes', async () => {
    await post(messages([editedText('wamid.e1', 'wamid.o', 'okapi', { timestamp: '11' })]));
    expect(await found('okapi')).toEqual(['wamid.e1']);
    await post(messages([editedText('wamid.e2', 'wamid.o', 'zebra', { timestamp: '12' })]));
    expect([await found('zebra'), await found('okapi')]).toEqual([['wamid.e2'], []]);
    await post(messages([text('wamid.o', FROM, 'giraffe')]));
    expect([await found('zebra'), await found('giraffe')]).toEqual([['wamid.o'], []]);
  });

  it('of a picture has its file fetched, linked in both, and its caption found', async () => {
    const image = (id: string, caption: string) => ({
      type: 'image',
      image: { id, mime_type: 'image/jpeg', caption },
    });
    await post(messages([{ ...FROM, id: 'wamid.o', timestamp: '5', ...image('1', 'giraffe') }]));
    const written = await post(messages([edit('wamid.e', 'wamid.o', image('2', 'zebra'))]));
    expect(written?.mediaIds).toHaveLength(1);
    const link = LINKS.mediaLink(written?.mediaIds[0] ?? '');
    expect((await shown('wamid.o')).waba_payload).toMatchObject({
      type: 'image',
      image: { id: '2', caption: 'zebra', link },
    });
    expect((await shown('wamid.e')).waba_payload).toMatchObject({
      edit: { message: { image: { id: '2', link } } },
    });
    expect([await found('zebra'), await found('giraffe')]).toEqual([['wamid.o'], []]);
    expect(await stack.db.all(sql`select waba_id, state from media order by waba_id`)).toEqual([
      { waba_id: '1', state: 'pending' },
      { waba_id: '2', state: 'pending' },
    ]);
  });

  it('changes nothing but what its writer wrote in the same chat', async () => {
    await post(messages([text('wamid.o', FROM, 'giraffe')]));
    await post(
      messages([
        editedText('wamid.e', 'wamid.o', 'zebra', { from: '48700' }),
        revoke('wamid.r', 'wamid.o', { from: '48700' }),
      ]),
    );
    expect(await shown('wamid.o')).toMatchObject({
      waba_payload: { text: { body: 'giraffe' } },
      edited_at: null,
      is_deleted: false,
    });
  });

  it('finds its message in a chat that has moved to another number', async () => {
    await post(messages([text('wamid.o', FROM, 'giraffe')]));
    await post(messages([changedNumber('wamid.s', FROM.from, '48777')]));
    await post(messages([editedText('wamid.e', 'wamid.o', 'zebra', { from: '48777' })]));
    expect((await shown('wamid.o')).waba_payload).toMatchObject({ text: { body: 'zebra' } });
  });

  it.each([
    ['nothing', {}],
    ['a text alone', { edit: 'x' }],
    ['no message', { edit: { original_message_id: 'wamid.o' } }],
    ['a message without type', { edit: { original_message_id: 'wamid.o', message: { text: 1 } } }],
    [
      'a quote in its type',
      { edit: { original_message_id: 'wamid.o', message: { type: '"$', '"$': {} } } },
    ],
    [
      'a type like a name of its own',
      { edit: { original_message_id: 'wamid.o', message: { type: 'id', id: 'x' } } },
    ],
    [
      'itself',
      { edit: { original_message_id: 'wamid.e', message: { type: 'text', text: { body: 'y' } } } },
    ],
  ])('that holds %s is stored, and harms nothing', async (_name, content) => {
    await post(messages([text('wamid.o', FROM, 'giraffe')]));
    await post(messages([{ ...FROM, id: 'wamid.e', timestamp: '10', type: 'edit', ...content }]));
    expect((await shown('wamid.o')).waba_payload['id']).toBe('wamid.o');
    expect(await list()).toHaveLength(2);
  });
});

describe('a revocation', () => {
  it.each(['before', 'after', 'with'])(
    'that comes %s its message marks it deleted',
    async (when) => {
      const original = text('wamid.o', FROM, 'giraffe');
      const revoked = revoke('wamid.r', 'wamid.o');
      if (when === 'with') await post(messages([original, revoked]));
      else
        for (const item of when === 'after' ? [original, revoked] : [revoked, original])
          await post(messages([item]));
      expect(await shown('wamid.o')).toMatchObject({ is_deleted: true });
      expect(await found('giraffe')).toEqual([]);
    },
  );

  it('holds for what was edited before, known or not, and for what is edited after', async () => {
    await post(messages([editedText('wamid.e', 'wamid.o', 'zebra')]));
    await post(messages([revoke('wamid.r', 'wamid.o')]));
    expect(await shown('wamid.e')).toMatchObject({ is_deleted: true });
    expect(await found('zebra')).toEqual([]);
    await post(messages([text('wamid.o', FROM, 'giraffe')]));
    await post(messages([editedText('wamid.e2', 'wamid.o', 'okapi', { timestamp: '30' })]));
    expect(await shown('wamid.o')).toMatchObject({ is_deleted: true, edited_at: 30 });
    for (const words of ['zebra', 'giraffe', 'okapi']) expect(await found(words)).toEqual([]);
  });
});

describe('edits and revocations', () => {
  it('raise no unread count, open no window and no resolved chat, and ring no device', async () => {
    await post(messages([text('wamid.o', FROM)]));
    await stack.db.run(sql`update chats set resolved = 1`);
    const written = await post(
      messages([editedText('wamid.e', 'wamid.o', 'zebra'), revoke('wamid.r', 'wamid.o')]),
    );
    expect(written?.hasIncoming).toBe(false);
    const request = { search: undefined, part: { limit: 10, offset: 0 } };
    const [chat] = (await listChats(stack.db, admin, request, LINKS)).items;
    expect(chat).toMatchObject({
      new_messages: 1,
      contact: { resolved: true, last_message_timestamp: 5 },
    });
    expect((await shown('wamid.e')).received).toBe(true);
    expect(await stack.db.all(sql`select kind from events where kind = 'resolved'`)).toEqual([]);
  });

  it('are told of as they are, each once', async () => {
    await post(messages([text('wamid.o', FROM, 'giraffe')]));
    const item = editedText('wamid.e', 'wamid.o', 'zebra');
    const written = await post(messages([item]), NOW + 1);
    expect(await post(messages([item]), NOW + 2)).toBeUndefined();
    const event = await stack.db.first<{ body: string; extended: string }>(
      sql`select body, extended from events where seq = ${written?.seq ?? 0}`,
    );
    expect(event?.body).toBe(JSON.stringify(messages([item])));
    expect(JSON.parse(event?.extended ?? '')).toMatchObject({
      messages: [item],
      incoming_messages: [{ waba_payload: item }],
    });
  });

  it('of what one of us wrote in the app change that', async () => {
    const echo = (item: object): object =>
      cloudBody('smb_message_echoes', {
        message_echoes: [{ ...item, from: '15550000001', to: FROM.from }],
      });
    await post(echo(text('wamid.o', {}, 'giraffe')));
    await post(echo(editedText('wamid.e', 'wamid.o', 'zebra')));
    expect(await shown('wamid.o')).toMatchObject({
      waba_payload: { text: { body: 'zebra' } },
      origin: 'business_app',
    });
    await post(echo(revoke('wamid.r', 'wamid.o')));
    expect(await shown('wamid.o')).toMatchObject({ is_deleted: true });
    expect(await found('zebra')).toEqual([]);
  });
});
