import { sql, type SQL } from 'drizzle-orm';
import type { Scope, User } from '../auth/user.ts';
import { WaypostError } from '../error.ts';
import { jsonList } from '../store/database.ts';
import type { ChatRow } from './chats/person.ts';

/** Whose a chat is. */
export type Assignment = Pick<ChatRow, 'assigned_user_id' | 'assigned_group_id'>;

/** Whether a user may see a chat and its messages. Admins, too, are bound by their scope. */
export function mayReadChat(user: User, chat: Assignment): boolean {
  return covers(user.canReadChats, user, chat);
}

/** Whether a user may send to a chat's customer. */
export function mayWriteToChat(user: User, chat: Assignment): boolean {
  return covers(user.canWriteToChats, user, chat);
}

/** `mayReadChat` as a condition over the alias `c` of `chats`; the partial indexes by assignment serve it. */
export function readableChats(user: User): SQL {
  switch (user.canReadChats) {
    case 'all':
      return sql`true`;
    case 'group':
      return sql`(c.assigned_user_id = ${user.id} or c.assigned_group_id in
        (select value from json_each(${jsonList(user.groups.map((group) => group.id))})))`;
    case 'user':
      return sql`c.assigned_user_id = ${user.id}`;
    case 'none':
      return sql`false`;
  }
}

function covers(scope: Scope, user: User, chat: Assignment): boolean {
  switch (scope) {
    case 'all':
      return true;
    case 'group':
      return isOwn(user, chat) || user.groups.some((group) => group.id === chat.assigned_group_id);
    case 'user':
      return isOwn(user, chat);
    case 'none':
      return false;
  }
}

function isOwn(user: User, chat: Assignment): boolean {
  return chat.assigned_user_id === user.id;
}

/** Throws `forbidden`, in the service's words, where someone who is no admin does what only admins may. */
export function assertAdmin(user: User): void {
  if (user.role === 'admin') return;
  throw new WaypostError('forbidden', 'You do not have permission to perform this action.');
}
