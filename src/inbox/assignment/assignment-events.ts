import type { EventChat } from '../../events/audience.ts';
import { type NewEvent, ownEvent } from '../../events/event.ts';
import type { ApiMessage } from '../messages/present-message.ts';
import type { Assignment } from '../permissions.ts';
import type { AssignmentChange } from './assignment-change.ts';
import type { ApiAssignmentEvent } from './present-assignment.ts';

/**
 * Makes the event that tells of an assignment at `now` (milliseconds). Whoever could read the chat until
 * then is told, too: it is from this that they learn that it is gone.
 */
export function assignmentEvent(
  act: ApiAssignmentEvent,
  { before, after }: Pick<AssignmentChange, 'before' | 'after'>,
  now: number,
): NewEvent {
  const chats = [eventChat(act.wa_id, after), eventChat(act.wa_id, before)];
  return ownEvent('assignment', { extended: { chat_assignment: act }, chats }, now);
}

/** Makes the event with what a chat holds for whom it was just assigned to (spec: "assigned_messages"). */
export function assignedEvent(
  waId: string,
  after: Assignment,
  messages: readonly ApiMessage[],
  now: number,
): NewEvent {
  const told = {
    extended: { assigned_messages: [...messages] },
    chats: [eventChat(waId, after)],
    incoming: messages.filter((message) => !message.from_us).map((message) => message.id),
  };
  return ownEvent('assigned', told, now);
}

function eventChat(waId: string, { assigned_user_id, assigned_group_id }: Assignment): EventChat {
  return { wa_id: waId, assigned_user_id, assigned_group_id };
}
