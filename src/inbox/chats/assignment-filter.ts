import type { User } from '../../auth/user.ts';
import { invalidField } from '../../error.ts';

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
