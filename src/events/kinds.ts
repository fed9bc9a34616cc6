import { sql, type SQL } from 'drizzle-orm';
import { events } from '../store/schema.ts';
import {
  type DialectInterest,
  isForAssignee,
  MAY_READ_SOME,
  mayReadSome,
  type EventChat,
  type Interest,
} from './audience.ts';

/** What an event tells of. */
export const EVENT_KINDS = events.kind.enumValues;
export type EventKind = (typeof EVENT_KINDS)[number];

/** WABA's own body, the get.chat shape of what is new in it, or the requests that a dialect makes of it. */
export type Shape = 'cloud_api' | 'extended' | 'dialect';

/** What of an event decides who is told. */
export interface MatchedEvent {
  seq: number;
  kind: EventKind;
  /** Which kinds of WABA's content are in it. */
  fields: readonly string[];
  chats: readonly EventChat[];
  /** Whether there are new messages from customers in it. */
  hasIncoming: boolean;
}

/**
 * What websockets get of an event: WABA's envelope with our lists, our lists alone, what an owner or an
 * assignee is to know, or what was done in the inbox.
 */
export type FrameStyle = 'envelope' | 'lists' | 'owner' | 'assignee' | 'act';

/** Who is told of a kind of event, and how. */
interface KindOfEvent {
  /** In which shape a webhook gets it, or null where it does not. */
  readonly shapeFor: (interest: Interest, event: MatchedEvent) => Shape | null;
  /** Whether it has one, over an event `e`, a webhook `w` and its user `u`: the same rule. */
  readonly isTaken: SQL;
  /** Whether a webhook `w` may take some of the kind. Where none does, nobody is rung. */
  readonly isWanted: SQL;
  readonly frames: FrameStyle;
}

/**
 * What a kind is called in another dialect, by the names that its webhooks take events by. Letters, digits and
 * underscores only: they are written into statements as they are.
 */
type DialectEvent = `${DialectInterest['name']}.${string}`;

/** What is assigned to the user is theirs to read, unless they may read nothing. */
const isAssigned = sql`(w.on_assigned = 1 and u.can_read_chats != 'none' and exists (
  select 1 from json_each(e.chats) c where c.value->>'assigned_user_id' = w.user_id))`;

const isOriginal = sql`(w.on_cloud_api = 1 and u.can_read_chats = 'all' and (w.fields is null or exists (
  select 1 from json_each(e.fields) f where f.value in (select value from json_each(w.fields)))))`;

/** `takesActs` as a condition over a webhook `w`. */
const IS_TOLD_ACTS: SQL = sql`(
  w.on_incoming_message = 1 or w.on_outgoing_message = 1 or w.on_assigned = 1
  or (w.on_cloud_api = 0 and w.on_webhook_disabled = 0))`;

/** Errors that belong to no chat are for everyone; what is of no chat and no error has nothing in it for others. */
const HAS_ERRORS = sql`exists (select 1 from json_each(e.fields) f where f.value = 'errors'
  or (f.value = 'messages' and json_array_length(e.chats) = 0))`;

const ACT = kindOf({
  shapeFor: (interest, event) => {
    const isForThem = event.chats.length === 0 || mayReadSome(interest, event);
    return extendedIf(takesActs(interest) && isForThem);
  },
  isTaken: sql`(${IS_TOLD_ACTS} and (json_array_length(e.chats) = 0 or ${MAY_READ_SOME}))`,
  isWanted: IS_TOLD_ACTS,
  dialectEvents: [],
  frames: 'act',
});

/**
 * Everything that depends on the kind of an event; a new kind has to be told here, and only here. What is of
 * chats that a webhook's user may not read is not even counted for them, nor does a delivery of it stand in
 * the log: both would say who wrote, and when.
 */
export const KINDS: Readonly<Record<EventKind, KindOfEvent>> = {
  waba: kindOf({
    shapeFor: (interest, event) =>
      takesOriginal(interest, event) ? 'cloud_api' : extendedIf(takesLists(interest, event)),
    isTaken: sql`(${isOriginal}
      or (w.on_incoming_message = 1 and (${MAY_READ_SOME} or ${HAS_ERRORS}))
      or (json_array_length(e.incoming) > 0 and ${isAssigned}))`,
    isWanted: sql`(w.on_cloud_api = 1 or w.on_incoming_message = 1 or w.on_assigned = 1)`,
    dialectEvents: [
      'qontak.receive_message_from_customer',
      'qontak.status_message',
      'chattu.message_received',
    ],
    frames: 'envelope',
  }),
  outgoing: kindOf({
    shapeFor: (interest, event) =>
      extendedIf(interest.onOutgoingMessage && mayReadSome(interest, event)),
    isTaken: sql`(w.on_outgoing_message = 1 and ${MAY_READ_SOME})`,
    isWanted: sql`w.on_outgoing_message = 1`,
    dialectEvents: ['qontak.receive_message_from_agent', 'chattu.message_sent'],
    frames: 'lists',
  }),
  failure: kindOf({
    shapeFor: (interest, event) => {
      const isAsked = interest.onOutgoingMessage || interest.onIncomingMessage;
      return extendedIf(isAsked && mayReadSome(interest, event));
    },
    isTaken: sql`((w.on_outgoing_message = 1 or w.on_incoming_message = 1) and ${MAY_READ_SOME})`,
    isWanted: sql`(w.on_outgoing_message = 1 or w.on_incoming_message = 1)`,
    dialectEvents: ['qontak.status_message'],
    frames: 'lists',
  }),
  webhook: kindOf({
    shapeFor: (interest) => extendedIf(interest.onWebhookDisabled),
    isTaken: sql`w.on_webhook_disabled = 1`,
    isWanted: sql`w.on_webhook_disabled = 1`,
    dialectEvents: [],
    frames: 'owner',
  }),
  assigned: kindOf({
    shapeFor: (interest, event) => extendedIf(takesAssigned(interest, event)),
    isTaken: isAssigned,
    isWanted: sql`w.on_assigned = 1`,
    dialectEvents: [],
    frames: 'assignee',
  }),
  assignment: ACT,
  resolved: ACT,
  availability: ACT,
  tagging: ACT,
};

/** Adds the one rule for webhooks of other dialects, which have no flags. */
function kindOf(rule: KindOfEvent & { dialectEvents: readonly DialectEvent[] }): KindOfEvent {
  const { dialectEvents } = rule;
  const isNamed = namedBy(dialectEvents);
  return {
    ...rule,
    shapeFor: (interest, event) => {
      const { dialect } = interest;
      if (dialect === null) return rule.shapeFor(interest, event);
      const names = dialect.events.map((name) => `${dialect.name}.${name}`);
      const isAsked = dialectEvents.some((known) => names.includes(known));
      return isAsked && mayReadSome(interest, event) ? 'dialect' : null;
    },
    isTaken: sql`(case w.dialect when 'getchat' then ${rule.isTaken} else ${isNamed} and ${MAY_READ_SOME} end)`,
    isWanted: sql`(case w.dialect when 'getchat' then ${rule.isWanted} else ${isNamed} end)`,
  };
}

/** Whether a webhook `w` takes one of these events. */
function namedBy(dialectEvents: readonly DialectEvent[]): SQL {
  if (dialectEvents.length === 0) return sql`0`;
  const names = sql.raw(dialectEvents.map((name) => `'${name}'`).join(', '));
  return sql`exists (select 1 from json_each(w.dialect_events) t
    where w.dialect || '.' || t.value in (${names}))`;
}

/**
 * Whether a webhook is told what was done in the inbox: all are (spec: "will show up for all webhook
 * receivers"), but for those that ask only for what the document has for others. Who takes nothing but
 * WABA's bodies is promised them "as if there was no get.chat" in between, and fails on a body without
 * `entry`, until it is disabled for that; notices of disabled webhooks are for whoever is on call.
 */
export function takesActs(interest: Interest): boolean {
  const { onIncomingMessage, onOutgoingMessage, onAssigned, onCloudApi, onWebhookDisabled } =
    interest;
  if (onIncomingMessage || onOutgoingMessage || onAssigned) return true;
  return !onCloudApi && !onWebhookDisabled;
}

/** The original body is never cut, so who gets it must be allowed to read every chat in it. */
function takesOriginal(interest: Interest, { fields }: MatchedEvent): boolean {
  if (!interest.onCloudApi || interest.canReadChats !== 'all') return false;
  return interest.fields?.some((field) => fields.includes(field)) ?? true;
}

function takesLists(interest: Interest, event: MatchedEvent): boolean {
  const isReadable = mayReadSome(interest, event) || hasErrors(event);
  if (interest.onIncomingMessage && isReadable) return true;
  return event.hasIncoming && takesAssigned(interest, event);
}

function hasErrors({ chats, fields }: MatchedEvent): boolean {
  return fields.includes('errors') || (chats.length === 0 && fields.includes('messages'));
}

function takesAssigned(interest: Interest, event: MatchedEvent): boolean {
  return interest.onAssigned && isForAssignee(interest, event);
}

function extendedIf(isTaken: boolean): Shape | null {
  return isTaken ? 'extended' : null;
}
