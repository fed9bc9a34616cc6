import { createHmac, randomInt } from 'node:crypto';
import { and, desc, eq, gt, inArray, lte, or, type SQL } from 'drizzle-orm';
import type { StackContext } from '../store/open-stack.ts';
import { query, renderOnce } from '../store/query.ts';
import { sessions, users } from '../store/schema.ts';
import { equalInConstantTime } from './constant-time.ts';
import { readCookie, SESSION_COOKIE, SESSION_LIFE_SECONDS } from './cookies.ts';
import { derivedKey, derivedKeys } from './derived-key.ts';
import { sha256Hex } from './digest.ts';
import { toUser, type User, type UserRow, usersWhere } from './user.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** As long as the service's own: 165 bits. */
const ID_CHARACTERS = 32;

/** Browsers that one user may have signed in; a script that signs in again and again ends its oldest. */
const MAX_PER_USER = 50;

/** What a session depends on beside its own row. */
interface Owner extends Pick<typeof users.$inferSelect, 'password_hash' | 'token_nonce'> {
  user_id: number;
}

const sessionOf = renderOnce((is: { hash: string; now: number }) =>
  query
    .select({
      user_id: sessions.user_id,
      mark: sessions.mark,
      password_hash: users.password_hash,
      token_nonce: users.token_nonce,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.user_id))
    .where(and(eq(sessions.id_hash, is.hash), gt(sessions.expires_at, is.now))),
);

const userOf = renderOnce<UserRow[], { hash: string }>((is) =>
  usersWhere(
    and(
      eq(
        users.id,
        query
          .select({ user_id: sessions.user_id })
          .from(sessions)
          .where(eq(sessions.id_hash, is.hash)),
      ),
      eq(users.is_active, 1),
    ),
  ),
);

/**
 * Signs a user in and returns the value of the cookie; the table has its hash only. The session is over
 * after two weeks, when it is ended, and as soon as the user has another password or token or is inactive.
 */
export async function startSession({ config, db }: StackContext, userId: number): Promise<string> {
  const now = Date.now();
  const id = Array.from({ length: ID_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join(
    '',
  );
  const owner = await db.first(
    query
      .select({ password_hash: users.password_hash, token_nonce: users.token_nonce })
      .from(users)
      .where(eq(users.id, userId)),
  );
  if (owner === undefined) throw new Error('A session needs a user.');
  const excess = query
    .select({ id_hash: sessions.id_hash })
    .from(sessions)
    .where(eq(sessions.user_id, userId))
    .orderBy(desc(sessions.expires_at))
    .limit(Number.MAX_SAFE_INTEGER)
    .offset(MAX_PER_USER - 1);
  await db.batch([
    query
      .delete(sessions)
      .where(
        and(
          eq(sessions.user_id, userId),
          or(lte(sessions.expires_at, now), inArray(sessions.id_hash, excess)),
        ),
      ),
    query.insert(sessions).values({
      id_hash: sha256Hex(id),
      user_id: userId,
      mark: markOf(derivedKey(config, 'session'), { ...owner, user_id: userId }),
      expires_at: now + SESSION_LIFE_SECONDS * 1000,
    }),
  ]);
  return id;
}

/** Returns the active user whose session a request's cookie names, or undefined. */
export async function findSessionUser(
  { config, db }: StackContext,
  request: Request,
): Promise<User | undefined> {
  const id = readCookie(request, SESSION_COOKIE);
  if (id === undefined || id === '') return undefined;
  const hash = sha256Hex(id);
  const [session, [user]] = await Promise.all([
    db.first(sessionOf({ hash, now: Date.now() })),
    db.all(userOf({ hash })),
  ]);
  if (session === undefined || user === undefined) return undefined;
  const isValid = derivedKeys(config, 'session').some((key) =>
    equalInConstantTime(session.mark, markOf(key, session)),
  );
  return isValid ? toUser(user) : undefined;
}

/** Ends the session that a request's cookie names, if there is one. */
export async function endSession({ db }: StackContext, request: Request): Promise<void> {
  const id = readCookie(request, SESSION_COOKIE);
  if (id === undefined || id === '') return;
  await db.run(query.delete(sessions).where(eq(sessions.id_hash, sha256Hex(id))));
}

/** The statement that ends all sessions of a user where `condition` holds: one who is activated again has none. */
export function endSessionsOf(userId: number, condition?: SQL) {
  return query.delete(sessions).where(and(eq(sessions.user_id, userId), condition));
}

function markOf(key: Uint8Array, { user_id, password_hash, token_nonce }: Owner): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([user_id, password_hash, token_nonce]))
    .digest('base64url');
}
