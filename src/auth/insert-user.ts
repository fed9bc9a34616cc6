import { eq, sql, type SQL } from 'drizzle-orm';
import type { StackConfig } from '../config.ts';
import { insertWhere, query, type Statement } from '../store/query.ts';
import { user_groups, users } from '../store/schema.ts';
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
): Statement[] {
  const nonce = newNonce();
  // Of nobody's token, where there is none yet.
  const tokenHash = hashToken(id === 'next' ? newNonce() : tokenOf(config, id, nonce));
  const next = sql<number>`(select coalesce(max(${users.id}), 0) + 1 from ${users})`;
  const row = {
    id: id === 'next' ? next : id,
    username: user.username,
    first_name: user.firstName,
    last_name: user.lastName,
    email: user.email,
    role: user.role,
    is_active: Number(user.isActive),
    can_use_tags: Number(user.canUseTags),
    can_read_chats: user.canReadChats,
    can_write_to_chats: user.canWriteToChats,
    password_hash: user.passwordHash,
    token_nonce: nonce,
    token_hash: tokenHash,
    activation_hash: user.activationHash,
    created_at: Date.now(),
  };
  const groupId = sql<number>`${GROUP_OF_ROLE[user.role]}`.as('group_id');
  return [
    insertWhere(users, row, condition).returning({ id: users.id }),
    // By the token's hash: where the condition did not hold, somebody else may have the id.
    query
      .insert(user_groups)
      .select(
        query
          .select({ user_id: users.id, group_id: groupId })
          .from(users)
          .where(eq(users.token_hash, tokenHash)),
      ),
  ];
}
