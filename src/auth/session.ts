import { createHmac, randomInt } from 'node:crypto';
import { sql, type SQL } from 'drizzle-orm';
import type { StackContext } from '../store/open-stack.ts';
import { equalInConstantTime } from './constant-time.ts';
import { readCookie, SESSION_COOKIE, SESSION_LIFE_SECONDS } from './cookies.ts';
import { derivedKey, derivedKeys } from './derived-key.ts';
import { sha256Hex } from './digest.ts';
import { selectUsers, type User } from './user.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** As long as the service's own: 165 bits. */
const ID_CHARACTERS = 32;

/** Browsers that one user may have signed in; a script that signs in again and again ends its oldest. */
const MAX_PER_USER = 50;

/** What a session depends on beside its own row. */
interface Owner {
  user_id: number;
  password_hash: string | null;
  token_nonce: string;
}

/**
 * Signs a user in and returns the value of the cookie; the table has its hash only. The session is over
 * after two weeks, when it is ended, and as soon as the user has another password or token or is inactive.
 */
export async function startSession({ config, db }: StackContext, userId: number): Promise<string> {
  const now = Date.now();
  const id = Array.from({ length: ID_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join(
    '',
  );
  const owner = await db.first<Owner>(
    sql`select id as user_id, password_hash, token_nonce from users where id = ${userId}`,
  );
  if (owner === undefined) throw new Error('A session needs a user.');
  await db.batch([
    sql`delete from sessions where user_id = ${userId} and (expires_at <= ${now} or id_hash in (
          select id_hash from sessions where user_id = ${userId}
          order by expires_at desc limit -1 offset ${MAX_PER_USER - 1}))`,
    sql`insert into sessions (id_hash, user_id, mark, expires_at) values
          (${sha256Hex(id)}, ${userId}, ${markOf(derivedKey(config, 'session'), owner)}, ${now + SESSION_LIFE_SECONDS * 1000})`,
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
    db.first<Owner & { mark: string }>(sql`
      select s.user_id, s.mark, u.password_hash, u.token_nonce
      from sessions s join users u on u.id = s.user_id
      where s.id_hash = ${hash} and s.expires_at > ${Date.now()}`),
    selectUsers(
      db,
      sql`u.id = (select user_id from sessions where id_hash = ${hash}) and u.is_active = 1`,
    ),
  ]);
  if (session === undefined || user === undefined) return undefined;
  const isValid = derivedKeys(config, 'session').some((key) =>
    equalInConstantTime(session.mark, markOf(key, session)),
  );
  return isValid ? user : undefined;
}

/** Ends the session that a request's cookie names, if there is one. */
export async function endSession({ db }: StackContext, request: Request): Promise<void> {
  const id = readCookie(request, SESSION_COOKIE);
  if (id === undefined || id === '') return;
  await db.run(sql`delete from sessions where id_hash = ${sha256Hex(id)}`);
}

/** Returns the statement that ends all sessions of a user: one who is activated again has none. */
export function endSessionsOf(userId: number): SQL {
  return sql`delete from sessions where user_id = ${userId}`;
}

function markOf(key: Uint8Array, { user_id, password_hash, token_nonce }: Owner): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([user_id, password_hash, token_nonce]))
    .digest('base64url');
}
