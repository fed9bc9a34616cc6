import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import type { fcm_tokens } from '../../store/schema.ts';
import type { PageRange } from '../long-list.ts';

export type FcmToken = typeof fcm_tokens.$inferSelect;

/** A person has a few devices; a token that is never deregistered makes room for newer ones. */
const MAX_TOKENS_PER_USER = 50;

/** Returns a page of a user's own devices, and how many there are; those with a token where one is given. */
export async function listFcmTokens(
  db: Database,
  user: User,
  token: string | undefined,
  { limit, offset }: PageRange,
): Promise<{ count: number; tokens: FcmToken[] }> {
  const where = sql`user_id = ${user.id} and ${token === undefined ? sql`true` : sql`token = ${token}`}`;
  const [[total], tokens] = await db.batch<[{ count: number }[], FcmToken[]]>([
    sql`select count(*) as count from fcm_tokens where ${where}`,
    sql`select * from fcm_tokens where ${where} order by id limit ${limit} offset ${offset}`,
  ]);
  return { count: total?.count ?? 0, tokens };
}

/**
 * Registers a device at `now` (milliseconds), or again, which keeps its id. A device that somebody else
 * had is the user's from now on: it tells of one account at a time.
 */
export async function registerFcmToken(
  db: Database,
  user: User,
  token: string,
  now: number,
): Promise<FcmToken> {
  const [[registered]] = await db.batch<[FcmToken[], unknown[]]>([
    sql`insert into fcm_tokens (user_id, token, last_seen) values (${user.id}, ${token}, ${now})
        on conflict (token) do update set user_id = excluded.user_id, last_seen = excluded.last_seen
        returning *`,
    sql`delete from fcm_tokens where user_id = ${user.id} and id in (
          select id from fcm_tokens where user_id = ${user.id}
          order by last_seen desc, id desc limit -1 offset ${MAX_TOKENS_PER_USER})`,
  ]);
  if (registered === undefined) throw new Error('The device was not registered.');
  return registered;
}

/** Gives a device of the user's another token at `now`. Throws `not_found` where there is no such device. */
export async function updateFcmToken(
  db: Database,
  user: User,
  { id, token }: Pick<FcmToken, 'id' | 'token'>,
  now: number,
): Promise<FcmToken> {
  const own = sql`id = ${id} and user_id = ${user.id}`;
  const [, [updated]] = await db.batch<[unknown[], FcmToken[]]>([
    sql`delete from fcm_tokens where token = ${token} and id <> ${id}
        and exists (select 1 from fcm_tokens where ${own})`,
    sql`update fcm_tokens set token = ${token}, last_seen = ${now} where ${own} returning *`,
  ]);
  if (updated === undefined) throw notFound();
  return updated;
}

/** Forgets a device of the user's. Throws `not_found` where there is no such device. */
export async function deregisterFcmToken(db: Database, user: User, id: number): Promise<void> {
  const own = sql`id = ${id} and user_id = ${user.id}`;
  if ((await db.run(sql`delete from fcm_tokens where ${own}`)) === 0) throw notFound();
}
