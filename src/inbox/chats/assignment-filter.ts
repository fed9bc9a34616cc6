import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { invalidField } from '../../error.ts';
import { readableChats, type Assignment } from '../permissions.ts';

/** To whom the chats of a list must be assigned; both, where both are said. */
export interface AssignmentFilter {
  userId?: number | undefined;
  groupId?: number | undefined;
}

/** What a caller asks for (spec: listMessages, listChats). */
export interface AssignmentQuery {
  assignedToMe?: boolean | undefined;
  assignedGroup?: number | undefined;
}

/**
 * Turns a caller's wish into a filter; undefined where it leaves nothing out. Throws `invalid` for a
 * group that the user is no member of.
 */
export function assignmentFilterOf(
  user: User,
  { assignedToMe = false, assignedGroup }: AssignmentQuery,
): AssignmentFilter | undefined {
  if (!assignedToMe && assignedGroup === undefined) return undefined;
  if (assignedGroup !== undefined && !user.groups.some((group) => group.id === assignedGroup)) {
    throw invalidField('assigned_group', 'You are not a member of this group.');
  }
  return { userId: assignedToMe ? user.id : undefined, groupId: assignedGroup };
}

/** Whether a chat passes. */
export function isAssigned(chat: Assignment, filter: AssignmentFilter | undefined): boolean {
  const { userId = chat.assigned_user_id, groupId = chat.assigned_group_id } = filter ?? {};
  return chat.assigned_user_id === userId && chat.assigned_group_id === groupId;
}

/** The chats that a user may read and that pass, as a condition over the alias `c` of `chats`. */
export function readableAssigned(user: User, filter: AssignmentFilter | undefined): SQL {
  const conditions = [readableChats(user)];
  if (filter?.userId !== undefined) conditions.push(sql`c.assigned_user_id = ${filter.userId}`);
  if (filter?.groupId !== undefined) conditions.push(sql`c.assigned_group_id = ${filter.groupId}`);
  return sql.join(conditions, sql` and `);
}
