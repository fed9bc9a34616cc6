import { createHmac } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import type { StackConfig } from '../config.ts';
import { notFound } from '../error.ts';
import type { StackContext } from '../store/open-stack.ts';
import { query } from '../store/query.ts';
import { users } from '../store/schema.ts';
import { equalInConstantTime } from './constant-time.ts';
import { derivedKey } from './derived-key.ts';
import { toUser, type User, type UserRow, usersWhere } from './user.ts';

/**
 * Credentials of the other dialects: access and refresh tokens, keys of accounts and of clients, secrets that
 * requests are signed with. They are derived, so that none costs a row, and from the nonce of the user's API token,
 * so that they die with that, and with the user.
 */

/** What a credential is of use for, and nothing else: `chattu:client`, say. */
export type CredentialPurpose = `${string}:${string}`;

/** What a credential is for. */
export interface CredentialScope {
  purpose: CredentialPurpose;
  /** To what it is bound beside its user: the id of a client; empty for nothing. */
  subject?: string;
  /** Seconds (POSIX); until when it is of use. For ever where it is left out. */
  expiresAt?: number;
}

/** Who shows a credential, and what it says. */
export interface CredentialHolder {
  user: User;
  subject: string;
  expiresAt: number | undefined;
}

/** Longer ones are nobody's: a number, a time, what it is bound to, and 160 bits. */
const MAX_CHARACTERS = 600;

const SECRET_HEX_DIGITS = 40;

/** The user's id in base 36, when it ends in base 36, what it is bound to in base64url, and the MAC. */
const FORM = /^([0-9a-z]{1,11})\.([0-9a-z]{0,11})\.([\w-]*)\.([0-9a-f]{40})$/;

/**
 * Returns a user's credential: letters, digits, `.`, `-` and `_`. The same scope gives the same one until the
 * user's token is reset. Throws `not_found` where there is no such user, or an inactive one.
 */
export async function issueCredential(
  { config, db }: StackContext,
  userId: number,
  scope: CredentialScope,
): Promise<string> {
  const row = await db.first(
    query
      .select({ token_nonce: users.token_nonce })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.is_active, 1))),
  );
  if (row === undefined) throw notFound();
  const head = headOf(userId, scope);
  return `${head}.${macOf(config, scope.purpose, head, row.token_nonce)}`;
}

/**
 * Returns the active user whose credential this is for a purpose, and to what it is bound; undefined for any other
 * text, for one that is over at `nowSeconds`, and for one from before the user's token was reset.
 */
export async function findByCredential(
  { config, db }: StackContext,
  purpose: CredentialPurpose,
  credential: string,
  nowSeconds: number,
): Promise<CredentialHolder | undefined> {
  if (credential.length > MAX_CHARACTERS) return undefined;
  const parts = FORM.exec(credential);
  if (parts === null) return undefined;
  const [, id = '', end = '', subject = '', mac = ''] = parts;
  const expiresAt = end === '' ? undefined : parseInt(end, 36);
  if (expiresAt !== undefined && expiresAt <= nowSeconds) return undefined;
  const userId = parseInt(id, 36);
  if (!Number.isSafeInteger(userId)) return undefined;
  const row = await db.first<UserRow>(
    usersWhere(sql`${users.id} = ${userId} and ${users.is_active} = 1`),
  );
  // Also where there is nobody: who exists is not to be told by the time that it takes.
  const expected = macOf(config, purpose, `${id}.${end}.${subject}`, row?.token_nonce ?? '');
  if (!equalInConstantTime(mac, expected) || row === undefined) return undefined;
  return { user: toUser(row), subject: decodeSubject(subject), expiresAt };
}

/**
 * Returns the secret (40 hex digits) that a user signs requests with for a purpose; it never travels. Throws as
 * `issueCredential` does.
 */
export async function signingSecret(
  ctx: StackContext,
  userId: number,
  purpose: CredentialPurpose,
): Promise<string> {
  const credential = await issueCredential(ctx, userId, { purpose });
  return credential.slice(-SECRET_HEX_DIGITS);
}

function headOf(userId: number, { subject = '', expiresAt }: CredentialScope): string {
  const end = expiresAt === undefined ? '' : Math.floor(expiresAt).toString(36);
  const bound = Buffer.from(subject, 'utf8').toString('base64url');
  return `${userId.toString(36)}.${end}.${bound}`;
}

function decodeSubject(subject: string): string {
  return Buffer.from(subject, 'base64url').toString('utf8');
}

/** JSON keeps the parts apart. */
function macOf(
  config: StackConfig,
  purpose: CredentialPurpose,
  head: string,
  nonce: string,
): string {
  const mac = createHmac('sha256', derivedKey(config, 'dialect-credential'));
  return mac
    .update(JSON.stringify([purpose, head, nonce]))
    .digest('hex')
    .slice(0, SECRET_HEX_DIGITS);
}
