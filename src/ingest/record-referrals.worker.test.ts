import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { changedNumber, emptyStack, messages, post, stack } from './post-body.test-support.ts';

const { db } = stack;

const ADA = '48111';
const AD = { source_url: 'https://fb.me/a', source_id: '1', source_type: 'ad', headline: 'A' };

/** A text from a customer, with where they came from. */
function told(id: string, timestamp: number, referral?: object, from = ADA): object {
  const text = { from, id, timestamp: String(timestamp), type: 'text', text: { body: 'x' } };
  return referral === undefined ? text : { ...text, referral };
}

function stored(): Promise<unknown[]> {
  return db.all(sql`
    select c.wa_id, c.first_message, c.last_referral, r.source_url, r.source_id, r.headline, r.body
    from chats c left join referrals r on r.id = c.referral_id order by c.wa_id`);
}

function row(values: object): object {
  const nothing = { source_url: null, source_id: null, headline: null, body: null };
  return { wa_id: ADA, ...nothing, ...values };
}

beforeEach(async () => {
  await emptyStack();
  await db.run(sql`delete from referrals`);
});

describe('what a customer came from', () => {
  it('is kept with the chat, field by field from the last message that names it', async () => {
    await post(messages([told('a', 100, AD), told('b', 110, { headline: 'B', body: 'Buy!' })]));
    const { source_type: _type, ...ad } = AD;
    const both = { ...ad, headline: 'B', body: 'Buy!' };
    expect(await stored()).toEqual([row({ first_message: 100, last_referral: 110, ...both })]);
    await post(messages([told('c', 120, { source_id: '2' }), told('d', 130)]));
    expect(await stored()).toEqual([
      row({ first_message: 100, last_referral: 120, ...both, source_id: '2' }),
    ]);
  });

  it('is not taken from a message that comes late, but for what nobody said since', async () => {
    await post(messages([told('a', 100, { headline: 'new' })]));
    await post(messages([told('b', 50, { headline: 'old', body: 'only then' })]));
    expect(await stored()).toEqual([
      row({ first_message: 50, last_referral: 100, headline: 'new', body: 'only then' }),
    ]);
  });

  it('is one row for all who came the same way', async () => {
    const customers = ['481', '482', '483'];
    await post(messages(customers.map((from) => told(from, 5, AD, from))));
    await post(messages([told('again', 6, AD, '484')]));
    expect(await db.all(sql`select source_id from referrals`)).toEqual([{ source_id: '1' }]);
    expect(await stored()).toHaveLength(4);
  });

  it.each([
    ['nothing', {}],
    ['what is no text', { source_url: 7, headline: null, body: { a: 1 } }],
    ['half a character', { headline: '\ud83d', body: 'x'.repeat(9_000) }],
  ])('may be %s', async (_, referral) => {
    await post(messages([told('a', 5, referral)]));
    expect(await stored()).toMatchObject([{ last_referral: 5, source_url: null }]);
  });

  it('goes over to a new number, the newer one where both are known', async () => {
    await post(messages([told('a', 100, { headline: 'A' }, '49')]));
    await post(messages([told('b', 90, { headline: 'B' })]));
    await post(messages([changedNumber('s', '49', ADA)]));
    expect(await stored()).toEqual([row({ first_message: 6, last_referral: 100, headline: 'A' })]);
  });
});

describe('the time of the first message', () => {
  it('is that of the oldest one, whichever comes first', async () => {
    await post(messages([told('a', 100), told('b', 90)]));
    await post(messages([told('c', 95)]));
    await post(messages([told('d', 80)]));
    expect(await stored()).toEqual([row({ first_message: 80, last_referral: null })]);
  });
});
