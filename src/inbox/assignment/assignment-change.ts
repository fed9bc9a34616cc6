import type { Assignment } from '../permissions.ts';

/** To whom someone wants a chat to be assigned; null for nobody, undefined where it is to stay. */
export interface AssignmentWish {
  userId: number | null | undefined;
  groupId: number | null | undefined;
}

/** What a wish changes. */
export interface AssignmentChange {
  before: Assignment;
  after: Assignment;
  /** Who it is newly assigned to; null where that stays, or where it is taken away. */
  userSet: number | null;
  userWasCleared: boolean;
  groupSet: number | null;
  groupWasCleared: boolean;
}

/** Decides what a wish changes; undefined where everything is as wished. */
export function assignmentChange(
  { assigned_user_id, assigned_group_id }: Assignment,
  { userId = assigned_user_id, groupId = assigned_group_id }: AssignmentWish,
): AssignmentChange | undefined {
  const isSameUser = userId === assigned_user_id;
  const isSameGroup = groupId === assigned_group_id;
  if (isSameUser && isSameGroup) return undefined;
  return {
    before: { assigned_user_id, assigned_group_id },
    after: { assigned_user_id: userId, assigned_group_id: groupId },
    userSet: isSameUser ? null : userId,
    userWasCleared: !isSameUser && userId === null,
    groupSet: isSameGroup ? null : groupId,
    groupWasCleared: !isSameGroup && groupId === null,
  };
}
