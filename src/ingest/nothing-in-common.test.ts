import { describe, expect, it } from 'vitest';
import type { ChatRow } from '../inbox/chats/person.ts';
import { readBody } from '../waba/envelope.ts';
import { isRecord } from '../waba/json-record.ts';
import type { Known } from './known.ts';
import { nothingInCommon, type PlannedCall } from './nothing-in-common.ts';
import { planIngest } from './plan.ts';
import { cloudBody, messageBody, status, statusBody } from './sample-bodies.test-support.ts';

const NOTHING_KNOWN: Known = {
  chats: [],
  aliases: [],
  messages: [],
  statuses: [],
  chatTags: [],
  messageTags: [],
  changed: [],
  digests: [],
  ownNumber: undefined,
};

function planOf(body: object, known = NOTHING_KNOWN): PlannedCall {
  const text = JSON.stringify(body);
  const parsed: unknown = JSON.parse(text);
  const inbound = readBody(isRecord(parsed) ? parsed : {});
  const call = { text, digest: text, signatures: {}, hops: 0, baseUrl: 'http://localhost', now: 1 };
  const mediaLink = (id: string) => id;
  const plan = planIngest({ ...call, mediaLink, inbound, known, newId: () => crypto.randomUUID() });
  if (plan === undefined) throw new Error('There is nothing new in the body.');
  return { read: { call, inbound }, plan };
}

/** The indexes of the bodies that have nothing in common. */
function apart(...bodies: object[]): number[] {
  return indexes(bodies.map((body) => planOf(body)));
}

function indexes(planned: PlannedCall[]): number[] {
  return nothingInCommon(planned).map((one) => planned.indexOf(one));
}

const CHAT: ChatRow = {
  n: 1,
  wa_id: '480',
  user_id: null,
  name: 'Ada',
  contact: '{}',
  last_incoming: 1,
  last_message: 1,
  first_message: 1,
  inbound_count: 1,
  message_count: 1,
  resolved: 0,
  assigned_user_id: null,
  assigned_group_id: null,
  blocked_at: null,
  reported_at: null,
  referral_id: null,
  last_referral: null,
  kind: null,
  saved_name: null,
};

const text = (id: string, from: string): object =>
  messageBody(id, { type: 'text', text: { body: 'x' } }, from);
const byUserId = (id: string, userId: string): object =>
  cloudBody('messages', { messages: [{ from_user_id: userId, id, timestamp: '1', type: 'text' }] });
const withBoth = (id: string, from: string, userId: string): object =>
  cloudBody('messages', {
    contacts: [{ wa_id: from, user_id: userId, profile: { name: 'Ada' } }],
    messages: [{ from, from_user_id: userId, id, timestamp: '1', type: 'text' }],
  });
const account = (event: string): object => cloudBody('account_update', { event }, false);

describe('bodies are written in the same statements', () => {
  it('where they are of different customers', () => {
    expect(apart(text('a', '481'), text('b', '482'), text('c', '483'))).toEqual([0, 1, 2]);
  });

  it.each([
    ['the same customer', [text('a', '481'), text('b', '481')]],
    ['the same message', [text('a', '481'), text('a', '482')]],
    [
      'statuses of the same message',
      [status('a', 'sent'), status('a', 'read')].map((one) => statusBody(one)),
    ],
    [
      'a customer by number and the same by user id',
      [withBoth('a', '481', 'US.9'), byUserId('b', 'US.9')],
    ],
  ])('not where both name %s', (_, [first, second]) => {
    expect(apart(first ?? {}, second ?? {})).toEqual([0]);
  });

  it('not where one takes a user id from the chat that another is of', () => {
    const known = { ...NOTHING_KNOWN, chats: [{ ...CHAT, wa_id: '480', user_id: 'US.9' }] };
    const bodies = [withBoth('a', '481', 'US.9'), byUserId('b', 'US.9')];
    expect(indexes(bodies.map((body) => planOf(body, known)))).toEqual([0]);
  });

  it('not where one is known by its digest only, or changes keys or templates', () => {
    expect(apart(text('a', '481'), account('A'), text('b', '482'))).toEqual([0]);
    expect(apart(account('A'), account('B'))).toEqual([0]);
  });

  it('and none overtakes one with which it has something in common', () => {
    const both = cloudBody('messages', {
      messages: ['481', '482'].map((from) => ({
        from,
        id: `of-${from}`,
        timestamp: '1',
        type: 'text',
      })),
    });
    expect(apart(text('a', '481'), both, text('c', '482'))).toEqual([0]);
  });
});
