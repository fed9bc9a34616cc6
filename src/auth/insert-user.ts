import { sql, type SQL } from 'drizzle-orm';
import type { StackConfig } from '../config.ts';
import { hashToken, newNonce, tokenOf } from './token.ts';
import type { Role, Scope } from './user.ts';

/** A user that is not stored yet. */
export interface NewUser {
  username: string;
  firstName: string;
  lastName: string;
  email: string;
  role: Role;
  isActive: boolean;
  canUseTags: boolean;
  canReadChats: Scope;
  canWriteToChats: Scope;
  /** What `hashPassword` returned; null without a password. */
  passwordHash: string | null;
  /** SHA-256 of the activation code; null for a user who needs none. */
  activationHash: string | null;
}

/** The rights of a user whose rights nobody has limited. */
export const FULL_RIGHTS = {
  canUseTags: true,
  canReadChats: 'all',
  canWriteToChats: 'all',
} as const;

/** The group that a new user of a role is in, among those of the first migration. */
export const GROUP_OF_ROLE: Readonly<Record<Role, number>> = { user: 1, admin: 2, app: 3 };

/**
 * Returns the statements (for one batch) that store a user under `id` while `condition` holds; one that is
 * taken violates `users.id`. The token is derived from the id: who is stored under the `next` one has none
 * until `currentToken` is asked for it. The first statement returns the id where the user was stored.
 */
export function insertUser(
  config: StackConfig,
  id: number | 'next',
  user: NewUser,
  condition: SQL = sql`true`,
): SQL[] {
  const nonce = newNonce();
  // Of nobody's token, where there is none yet.
  const tokenHash = hashToken(id === 'next' ? newNonce() : tokenOf(config, id, nonce));
  const key = id === 'next' ? sql`(select coalesce(max(id), 0) + 1 from users)` : sql`${id}`;
  return [
    sql`insert into users (
        id, username, first_name, last_name, email, role, is_active, can_use_tags, can_read_chats,
        can_write_to_chats, password_hash, token_nonce, token_hash, activation_hash, created_at
      ) select
        ${key}, ${user.username}, ${user.firstName}, ${user.lastName}, ${user.email}, ${user.role},
        ${Number(user.isActive)}, ${Number(user.canUseTags)}, ${user.canReadChats},
        ${user.canWriteToChats}, ${user.passwordHash}, ${nonce}, ${tokenHash},
        ${user.activationHash}, ${Date.now()}
      where ${condition}
      returning id`,
    // By the token's hash: where the condition did not hold, somebody else may have the id.
    sql`insert into user_groups (user_id, group_id)
      select id, ${GROUP_OF_ROLE[user.role]} from users where token_hash = ${tokenHash}`,
  ];
}
