import { exports } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { InboundCall } from '../bindings.ts';
import { ingest } from './ingest.ts';
import {
  emptyStack,
  messages,
  NOW,
  stack,
  storedChats,
  storedMessages,
  text,
  wabaRequest,
} from './post-body.test-support.ts';

const bodies = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => messages([text(`m${index}`, { from: '48' })]));

beforeEach(async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  await emptyStack();
});

describe('a body', () => {
  const handedOn: string[] = [];

  beforeEach(() => void handedOn.splice(0));

  const together = async ({ text: body }: InboundCall): Promise<void> => void handedOn.push(body);
  const take = (body: object) => ingest(wabaRequest(body), stack, NOW, together);

  it('is stored where it comes in while others are few', async () => {
    for (const body of bodies(4)) expect(await take(body)).toBeDefined();
    expect(handedOn).toEqual([]);
  });

  it('is handed on where two others are being stored, and then nothing is left to ring for', async () => {
    const written = await Promise.all(bodies(4).map(take));
    expect(written.map((result) => result !== undefined)).toEqual([true, true, false, false]);
    const third = JSON.stringify(bodies(4)[2]);
    expect(handedOn).toEqual([third, JSON.stringify(bodies(4)[3])]);
  });

  it('that is large is not handed on: it would hold up the others', async () => {
    const large = messages([text('large', { from: '48' }, 'x'.repeat(100_000))]);
    const written = await Promise.all([...bodies(3), large].map(take));
    expect(written.at(-1)).toBeDefined();
  });

  it('is stored where it came in when handing it on fails', async () => {
    const broken = () => Promise.reject(new Error('The object is away.'));
    const written = await Promise.all(
      bodies(4).map((body) => ingest(wabaRequest(body), stack, NOW, broken)),
    );
    expect(written.every((result) => result !== undefined)).toBe(true);
  });
});

describe('forty bodies at once, each of them twice,', () => {
  it('are each stored once, and have their places in the chat', async () => {
    const twice = bodies(40).flatMap((body) => [body, body]);
    const statuses = await Promise.all(
      twice.map(async (body) => {
        // The default stack's own host: the whole Worker goes by it.
        const request = new Request('http://localhost/waba/webhook', wabaRequest(body));
        return (await exports.default.fetch(request)).status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await storedChats()).toMatchObject([{ inbound_count: 40, message_count: 40 }]);
    const ordinals = (await storedMessages()) as { ordinal: number }[];
    expect(ordinals.map(({ ordinal }) => ordinal)).toEqual(ordinals.map((_, index) => index + 1));
    expect(await stack.db.first(sql`select count(*) as n from events`)).toEqual({ n: 40 });
  });
});
