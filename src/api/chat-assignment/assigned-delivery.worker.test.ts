import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answers, requests, ring, subscribe, useLanes } from '../../delivery/lanes.test-support.ts';
import { messages, post, text } from '../../ingest/post-body.test-support.ts';
import { appUser, call, stackUnderTest, tokenFor } from '../api.test-support.ts';

const { db } = stackUnderTest();
const ADA = '48123456789';
let admin: string;
let bot: { id: number; token: string };

useLanes();

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
  bot = await appUser(admin, 'delivered');
});

beforeEach(async () => {
  for (const table of ['chats', 'messages', 'assignment_events'])
    await db.run(sql.raw(`delete from ${table}`));
});

/** Rings the fast lane for every event. */
async function deliver(): Promise<void> {
  const events = await db.all<{ seq: number }>(sql`select seq from events where open = 1`);
  await ring(...events.map(({ seq }) => ({ kind: 'event', stack: 'default', seq })));
}

describe('a chat that is handed to a bot', () => {
  it("is told to the bot's webhook, and what it tells counts as received by the bot alone", async () => {
    await post(messages([text('wamid.1', { from: ADA }, 'hello')]));
    await post(messages([text('wamid.2', { from: ADA }, 'anybody there?')]));
    await db.run(sql`update events set open = null`);
    const others = await subscribe('crm.example', { on_outgoing_message: 1 });
    await subscribe('bot.example', { on_assigned: 1, user_id: bot.id });
    for (const host of ['crm.example', 'bot.example']) answers[host] = async () => new Response();
    const json = { assigned_to_user: bot.id };
    await call('PATCH', `/api/v1/chat_assignment/${ADA}/`, { token: admin, json });
    await deliver();
    const told = requests.map(({ host, body }) => [host, JSON.parse(body) as object] as const);
    const toBot = told.filter(([host]) => host === 'bot.example').map(([, body]) => body);
    expect(toBot).toHaveLength(2);
    expect(toBot).toContainEqual({ chat_assignment: expect.objectContaining({ wa_id: ADA }) });
    expect(toBot).toContainEqual({
      assigned_messages: [
        expect.objectContaining({ waba_payload: expect.objectContaining({ id: 'wamid.1' }) }),
        expect.objectContaining({ waba_payload: expect.objectContaining({ id: 'wamid.2' }) }),
      ],
    });
    expect(told.filter(([host]) => host === 'crm.example')).toHaveLength(1);
    expect(others).toBeGreaterThan(0);
    await expect
      .poll(() => db.all(sql`select user_id, chat, ordinal from marks`))
      .toEqual([{ user_id: bot.id, chat: ADA, ordinal: 2 }]);
  });
});
