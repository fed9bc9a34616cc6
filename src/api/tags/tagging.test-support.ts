import { sql } from 'drizzle-orm';
import type { EventRow } from '../../events/event.ts';
import { clearInbox, seedChat, seedMessages, stack } from '../../inbox/seed.test-support.ts';
import { readJson } from '../../store/database.ts';
import { type Answer, appUser, call, type Call, tokenFor } from '../api.test-support.ts';

const { db } = stack;

export const ADA = '48111111111';
export const BEN = '48222222222';

/** Whoever may do everything, and who may read only what is assigned to them, or use no tags. */
export type Who = 'admin' | 'limited' | 'tagless';

/** Who there is, by token and id. */
export const people: Partial<Record<Who, { token: string; id: number }>> = {};

/** Makes the people; the chat with Ada is assigned to nobody, the one with Ben to who is limited. */
export async function prepareTagging(): Promise<void> {
  const token = await tokenFor('admin', 'admin');
  if (people.limited === undefined) {
    people.admin = { token, id: 1 };
    people.limited = await appUser(token, 'limited');
    people.tagless = await appUser(token, 'tagless');
    await db.batch([
      sql`update users set can_read_chats = 'user' where id = ${people.limited.id}`,
      sql`update users set can_use_tags = 0 where id = ${people.tagless.id}`,
    ]);
  }
  const users = await db.all<Record<string, unknown>>(sql`select * from users`);
  const names = Object.keys(users[0] ?? {}).join();
  await clearInbox();
  for (const user of users) {
    const values = sql.join(
      Object.values(user).map((value) => sql`${value}`),
      sql`, `,
    );
    await db.run(sql`insert into users (${sql.raw(names)}) values (${values})`);
  }
  for (const table of ['tags', 'chat_taggings', 'message_taggings', 'tagging_events', 'events'])
    await db.run(sql.raw(`delete from ${table}`));
  await seedChat(BEN, { assignedUserId: people.limited.id });
  await seedMessages([
    { chat: ADA, timestamp: 100, id: 'a1', wabaId: 'wamid.a1' },
    { chat: ADA, timestamp: 200, id: 'a2', wabaId: 'wamid.a2' },
    { chat: BEN, timestamp: 150, id: 'b1', wabaId: 'wamid.b1' },
  ]);
}

/** Calls an operation below `/api/v1`. */
export function as(who: Who, method: string, path: string, request: Call = {}): Promise<Answer> {
  return call(method, `/api/v1${path}`, { ...request, token: people[who]?.token });
}

/** Makes a tag; returns its id. */
export async function makeTag(name: string): Promise<number> {
  return idOf(await as('admin', 'POST', '/tags/', { json: { name } }));
}

/** Tags a chat or a message; returns the tagging's id. */
export async function tagOn(
  tag: number,
  on: { chat: string; extra?: unknown } | { message: string; extra?: unknown },
  who: Who = 'admin',
): Promise<number> {
  const path = 'chat' in on ? '/chat_tagging/' : '/message_tagging/';
  return idOf(await as(who, 'POST', path, { json: { tag, ...on } }));
}

/** The list that an operation answers with. */
export async function listed(path: string, who: Who = 'admin'): Promise<Record<string, unknown>[]> {
  const { status, body } = await as(who, 'GET', path);
  if (status !== 200) throw new Error(`${path} was answered with ${status}`);
  return (body as { results: Record<string, unknown>[] }).results;
}

/** What the events of taggings say, oldest first. */
export async function told(): Promise<Record<string, unknown>[]> {
  const rows = await db.all<Pick<EventRow, 'extended'>>(
    sql`select extended from events where kind = 'tagging' order by seq`,
  );
  return rows.map((row) => readJson(row.extended ?? '{}'));
}

/** The statuses of answers, the lowest first. */
export function statusesOf(answers: readonly Answer[]): number[] {
  return answers.map(({ status }) => status).toSorted((left, right) => left - right);
}

/** The id in an answer that made something; fails where it made nothing. */
function idOf({ status, body, text }: Answer): number {
  if (status !== 201) throw new Error(`Answered with ${status}: ${text}`);
  return Number(Reflect.get(Object(body), 'id'));
}
