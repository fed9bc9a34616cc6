import { sql, type SQL } from 'drizzle-orm';
import type { EventKind } from '../events/event.ts';
import type { Interest } from './subscriptions.ts';

/** What is done in the inbox and told to all receivers (spec: "chat_assignment"): by kind of event … */
const ACT_KINDS: ReadonlySet<EventKind> = new Set([
  'assignment',
  'resolved',
  'availability',
  'tagging',
]);
/** … and by the name of the object that says it. */
export const ACT_NAMES = [
  'chat_assignment',
  'chat_resolved',
  'user_availability',
  'chat_tagging',
  'message_tagging',
  'tagged_chats',
  'tagged_messages',
] as const;

/** Whether an event of this kind tells what was done in the inbox. */
export function isAct(kind: EventKind): boolean {
  return ACT_KINDS.has(kind);
}

/**
 * Whether a webhook is told what was done: all are (spec: "will show up for all webhook receivers"), but
 * for those that ask only for what the document has for others. Who takes nothing but WABA's bodies is
 * promised them "as if there was no get.chat" in between, and fails on a body without `entry`, until it
 * is disabled for that; notices of disabled webhooks are for whoever is on call.
 */
export function takesActs(interest: Interest): boolean {
  const { onIncomingMessage, onOutgoingMessage, onAssigned, onCloudApi, onWebhookDisabled } =
    interest;
  if (onIncomingMessage || onOutgoingMessage || onAssigned) return true;
  return !onCloudApi && !onWebhookDisabled;
}

/** `takesActs` as a condition over a webhook `w`. */
export function isToldActs(): SQL {
  return sql`(w.on_incoming_message = 1 or w.on_outgoing_message = 1 or w.on_assigned = 1
    or (w.on_cloud_api = 0 and w.on_webhook_disabled = 0))`;
}
