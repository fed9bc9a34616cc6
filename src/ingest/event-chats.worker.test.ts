import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../auth/user.ts';
import type { EventChat } from '../events/audience.ts';
import { clearInbox, seedUser } from '../inbox/seed.test-support.ts';
import { acceptMessage } from '../inbox/sending/accept-message.ts';
import { readJson } from '../store/database.ts';
import { post, stack } from './post-body.test-support.ts';
import { CUSTOMER, messageBody, status, statusBody } from './sample-bodies.test-support.ts';

const { db } = stack;
const HOUR_S = 3_600;
const FIRST_S = 1_760_000_000;
let ann: User;
let ids = 0;

beforeEach(async () => {
  await clearInbox();
  await db.batch([
    sql`delete from webhooks`,
    sql`delete from events`,
    sql`delete from marks`,
    sql`delete from outbox`,
  ]);
  ann = await seedUser('ann', { role: 'user' });
});

async function haveDialect(): Promise<void> {
  await db.run(sql`insert into webhooks (user_id, url, headers, secret, since_seq, created_at, dialect, dialect_events)
    values (${ann.id}, 'https://example.com/', '', '', 0, 1, 'chattu', '["message_received"]')`);
}

/** Lets the customer write; returns what the event knows of the chat. */
async function hear(atSeconds: number): Promise<EventChat | undefined> {
  const content = { type: 'text', text: { body: 'x' } };
  await post(messageBody(`wamid.know.${(ids += 1)}`, content, CUSTOMER, String(atSeconds)));
  return latest();
}

async function latest(): Promise<EventChat | undefined> {
  const row = await db.first<{ chats: string }>(
    sql`select chats from events order by seq desc limit 1`,
  );
  return readJson<EventChat[]>(row?.chats ?? '[]')[0];
}

describe('an event of a message from a customer', () => {
  it('knows whether it opened the window', async () => {
    expect(await hear(FIRST_S)).toHaveProperty('opens_window', true);
    expect(await hear(FIRST_S + HOUR_S)).not.toHaveProperty('opens_window');
    expect(await hear(FIRST_S + 26 * HOUR_S)).toHaveProperty('opens_window', true);
  });

  it("knows the chat's row number, what nobody has received and whether it is resolved", async () => {
    await haveDialect();
    const chat = await hear(FIRST_S);
    const row = await db.first<{ n: number }>(sql`select n from chats where wa_id = ${CUSTOMER}`);
    expect(chat).toMatchObject({ wa_id: CUSTOMER, n: row?.n, unread: 1, resolved: 0 });
    expect(await hear(FIRST_S + 1)).toMatchObject({ unread: 2 });
    await db.run(sql`insert into marks values (${ann.id}, ${CUSTOMER}, 2)`);
    await db.run(sql`update chats set resolved = 1`);
    expect(await hear(FIRST_S + 2)).toMatchObject({ unread: 1, resolved: 0 });
  });

  it('counts as unread what only programs have received', async () => {
    await haveDialect();
    await hear(FIRST_S);
    const bot = await seedUser('bot', { role: 'app' });
    await db.run(sql`insert into marks values (${bot.id}, ${CUSTOMER}, 1)`);
    expect(await hear(FIRST_S + 1)).toMatchObject({ unread: 2 });
  });

  it('looks nothing of that up where no webhook is of another dialect', async () => {
    expect(Object.keys((await hear(FIRST_S)) ?? {})).toEqual([
      'wa_id',
      'assigned_user_id',
      'assigned_group_id',
      'opens_window',
    ]);
  });
});

describe('what a dialect says of a message that it sends', () => {
  const origin = { dialect: 'qontak', app: 'shop', tracking: 'order-7' } as const;

  it('is kept with the message, and told with its statuses', async () => {
    const content = { name: 'hi', language: { code: 'en' } };
    const asked = { chat: CUSTOMER, type: 'template', content, repliesTo: undefined };
    const message = { ...asked, callbackData: undefined };
    const { id } = await acceptMessage(stack, ann, message, { dialectOrigin: origin, now: 1 });
    await db.run(sql`update messages set waba_id = 'wamid.sent' where id = ${id}`);
    await post(statusBody(status('wamid.sent', 'delivered')));
    expect((await latest())?.origins).toEqual({ [id]: origin });
  });

  it('is nothing where it was sent without a dialect', async () => {
    const content = { name: 'hi', language: { code: 'en' } };
    const asked = { chat: CUSTOMER, type: 'template', content, repliesTo: undefined };
    const message = { ...asked, callbackData: undefined };
    const { id } = await acceptMessage(stack, ann, message, { now: 1 });
    await db.run(sql`update messages set waba_id = 'wamid.plain' where id = ${id}`);
    await post(statusBody(status('wamid.plain', 'delivered')));
    expect(await latest()).not.toHaveProperty('origins');
    expect(await db.first(sql`select api_origin from messages where id = ${id}`)).toEqual({
      api_origin: null,
    });
  });
});
