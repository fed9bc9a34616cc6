import { and, count, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import { query, type RowsOf } from '../../store/query.ts';
import { fcm_tokens } from '../../store/schema.ts';
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
  const where = and(
    eq(fcm_tokens.user_id, user.id),
    token === undefined ? undefined : eq(fcm_tokens.token, token),
  );
  const counting = query
    .select({ count: count().as('count') })
    .from(fcm_tokens)
    .where(where);
  const listing = query
    .select()
    .from(fcm_tokens)
    .where(where)
    .orderBy(fcm_tokens.id)
    .limit(limit)
    .offset(offset);
  const [[total], tokens] = await db.batch<[RowsOf<typeof counting>, RowsOf<typeof listing>]>([
    counting,
    listing,
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
  const own = eq(fcm_tokens.user_id, user.id);
  const excess = query
    .select({ id: fcm_tokens.id })
    .from(fcm_tokens)
    .where(own)
    .orderBy(desc(fcm_tokens.last_seen), desc(fcm_tokens.id))
    .limit(Number.MAX_SAFE_INTEGER)
    .offset(MAX_TOKENS_PER_USER);
  const known = { user_id: user.id, last_seen: now };
  const [[registered]] = await db.batch<[FcmToken[], unknown[]]>([
    query
      .insert(fcm_tokens)
      .values({ ...known, token })
      .onConflictDoUpdate({ target: fcm_tokens.token, set: known })
      .returning(),
    query.delete(fcm_tokens).where(and(own, inArray(fcm_tokens.id, excess))),
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
  const own = isOwn(user, id);
  const isOther = and(eq(fcm_tokens.token, token), ne(fcm_tokens.id, id));
  const [, [updated]] = await db.batch<[unknown[], FcmToken[]]>([
    query
      .delete(fcm_tokens)
      .where(and(isOther, sql`exists (select 1 from ${fcm_tokens} where ${own})`)),
    query.update(fcm_tokens).set({ token, last_seen: now }).where(own).returning(),
  ]);
  if (updated === undefined) throw notFound();
  return updated;
}

/** Forgets a device of the user's. Throws `not_found` where there is no such device. */
export async function deregisterFcmToken(db: Database, user: User, id: number): Promise<void> {
  if ((await db.run(query.delete(fcm_tokens).where(isOwn(user, id)))) === 0) throw notFound();
}

function isOwn(user: User, id: number) {
  return and(eq(fcm_tokens.id, id), eq(fcm_tokens.user_id, user.id));
}
