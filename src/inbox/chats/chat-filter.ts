import type { User } from '../../auth/user.ts';
import { invalidField } from '../../error.ts';
import type { Referral } from '../../waba/referral.ts';

/** To whom the chats of a list must be assigned; both, where both are said. */
interface AssignmentFilter {
  userId?: number | undefined;
  groupId?: number | undefined;
}

/** What a caller asks for (spec: listMessages, listChats). */
export interface AssignmentQuery {
  assignedToMe?: boolean | undefined;
  assignedGroup?: number | undefined;
}

/** Which chats a list is about, beside those that its user may not read; what is not said leaves nothing out. */
export interface ChatFilter {
  user: User;
  /** Whether customers are left out with whom no message was exchanged. */
  isBegun: boolean;
  assigned?: AssignmentFilter | undefined;
  tagId?: number | undefined;
  isBlocked?: boolean | undefined;
  isReported?: boolean | undefined;
  /** Whether the user has not received all of the customer's messages. */
  isUnread?: boolean | undefined;
  /** Seconds; with a message of this time or later, and before. Where both are said, between the two. */
  sinceTime?: number | undefined;
  beforeTime?: number | undefined;
  /** What the customer came from; an empty one takes all who came from an ad or a post. */
  referral?: Referral | undefined;
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
