import type { Group, User } from '../../auth/user.ts';
import type { ChatRow } from '../chats/person.ts';
import { type ApiUser, presentUser } from '../users/present-user.ts';

/** Whose a chat is (spec: retrieveChatAssignment). */
export interface ApiAssignment {
  wa_id: string;
  assigned_to_user: number | null;
  assigned_group: number | null;
}

/** Somebody assigned a chat (spec: listChatAssignmentEvents). */
export interface ApiAssignmentEvent {
  wa_id: string;
  /** Seconds. */
  timestamp: number;
  assigned_to_user_set: ApiUser | null;
  assigned_to_user_was_cleared: boolean;
  assigned_group_set: Group | null;
  assigned_group_was_cleared: boolean;
  done_by: ApiUser | null;
}

/** An assignment with those whom it names. */
export interface AssignmentAct {
  waId: string;
  /** Seconds. */
  timestamp: number;
  userSet: User | null;
  userWasCleared: boolean;
  groupSet: Group | null;
  groupWasCleared: boolean;
  doneBy: User | null;
}

/** Shows whose a chat is. */
export function presentAssignment({
  wa_id,
  assigned_user_id,
  assigned_group_id,
}: Pick<ChatRow, 'wa_id' | 'assigned_user_id' | 'assigned_group_id'>): ApiAssignment {
  return { wa_id, assigned_to_user: assigned_user_id, assigned_group: assigned_group_id };
}

/** Shows an assignment as lists, webhooks and websockets have it; `baseUrl` is that of links. */
export function presentAct(act: AssignmentAct, baseUrl: string): ApiAssignmentEvent {
  return {
    wa_id: act.waId,
    timestamp: act.timestamp,
    assigned_to_user_set: shown(act.userSet, baseUrl),
    assigned_to_user_was_cleared: act.userWasCleared,
    assigned_group_set: act.groupSet,
    assigned_group_was_cleared: act.groupWasCleared,
    done_by: shown(act.doneBy, baseUrl),
  };
}

function shown(user: User | null, baseUrl: string): ApiUser | null {
  return user === null ? null : presentUser(user, baseUrl);
}
