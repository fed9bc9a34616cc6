import type { EventChat, NewEvent } from '../../events/event.ts';
import type { ApiMessage } from '../messages/present-message.ts';
import type { Assignment } from '../permissions.ts';
import type { AssignmentChange } from './assignment-change.ts';
import type { ApiAssignmentEvent } from './present-assignment.ts';

const OWN = { body: null, headers: {}, fields: [], digest: null } as const;

/**
 * Makes the event that tells of an assignment at `now` (milliseconds). Whoever could read the chat until
 * then is told, too: it is from this that they learn that it is gone.
 */
export function assignmentEvent(
  act: ApiAssignmentEvent,
  { before, after }: Pick<AssignmentChange, 'before' | 'after'>,
  now: number,
): NewEvent {
  return {
    ...OWN,
    id: crypto.randomUUID(),
    kind: 'assignment',
    createdAt: now,
    extended: { chat_assignment: act },
    chats: [eventChat(act.wa_id, after), eventChat(act.wa_id, before)],
    incoming: [],
  };
}

/** Makes the event with what a chat holds for whom it was just assigned to (spec: "assigned_messages"). */
export function assignedEvent(
  waId: string,
  after: Assignment,
  messages: readonly ApiMessage[],
  now: number,
): NewEvent {
  return {
    ...OWN,
    id: crypto.randomUUID(),
    kind: 'assigned',
    createdAt: now,
    extended: { assigned_messages: [...messages] },
    chats: [eventChat(waId, after)],
    incoming: messages.filter((message) => !message.from_us).map((message) => message.id),
  };
}

function eventChat(waId: string, { assigned_user_id, assigned_group_id }: Assignment): EventChat {
  return { wa_id: waId, assigned_user_id, assigned_group_id };
}
