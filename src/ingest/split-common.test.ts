import { describe, expect, it } from 'vitest';
import { readBody } from '../waba/envelope.ts';
import { isRecord } from '../waba/json-record.ts';
import type { Known } from './known.ts';
import { planIngest, type IngestPlan } from './plan.ts';
import { cloudBody, messageBody, status, statusBody } from './sample-bodies.test-support.ts';
import { splitCommon } from './split-common.ts';

const NOTHING_KNOWN: Known = {
  chats: [],
  messages: [],
  statuses: [],
  chatTags: [],
  messageTags: [],
  digests: [],
};

function planOf(body: object): IngestPlan {
  const text = JSON.stringify(body);
  const parsed: unknown = JSON.parse(text);
  const inbound = readBody(isRecord(parsed) ? parsed : {});
  const call = { text, digest: text, signatures: {}, hops: 0, baseUrl: 'http://localhost', now: 1 };
  const plan = planIngest({
    ...call,
    inbound,
    known: NOTHING_KNOWN,
    newId: () => crypto.randomUUID(),
  });
  if (plan === undefined) throw new Error('There is nothing new in the body.');
  return plan;
}

/** Splits bodies; returns their indexes. */
function split(...bodies: object[]): { apart: number[]; later: number[] } {
  const plans = bodies.map(planOf);
  const { apart, later } = splitCommon(plans, (plan) => plan);
  const indexesOf = (some: IngestPlan[]): number[] => some.map((plan) => plans.indexOf(plan));
  return { apart: indexesOf(apart), later: indexesOf(later) };
}

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
    expect(split(text('a', '481'), text('b', '482'), text('c', '483'))).toEqual({
      apart: [0, 1, 2],
      later: [],
    });
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
    expect(split(first ?? {}, second ?? {})).toEqual({ apart: [0], later: [1] });
  });

  it('not where one is known by its digest only, or changes keys or templates', () => {
    expect(split(text('a', '481'), account('A'), text('b', '482'))).toEqual({
      apart: [0],
      later: [1, 2],
    });
    expect(split(account('A'), account('B'))).toEqual({ apart: [0], later: [1] });
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
    expect(split(text('a', '481'), both, text('c', '482'))).toEqual({ apart: [0], later: [1, 2] });
  });
});
