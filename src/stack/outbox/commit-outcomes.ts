import { sql, type SQL } from 'drizzle-orm';
import {
  type ExtendedLists,
  insertEvent,
  type NewEvent,
  placeContents,
  type WrittenEvent,
  ownEvent,
} from '../../events/event.ts';
import { learnUserIds } from '../../inbox/chats/chat-rows.ts';
import type { Links } from '../../inbox/media/links.ts';
import { presentMessages } from '../../inbox/messages/load-messages.ts';
import { acceptMessages, refuseMessages } from '../../inbox/messages/message-rows.ts';
import { originsOf } from '../../inbox/messages/origins.ts';
import type { ApiMessage } from '../../inbox/messages/present-message.ts';
import { type Database, jsonChunks } from '../../store/database.ts';
import type { Files } from '../../store/files.ts';
import type { WabaError } from '../../waba/parse-error.ts';
import { shownError } from '../../waba/shown-error.ts';
import {
  type Holder,
  mergeChatsOf,
  mergeRecipients,
  sameCustomers,
  selectHolders,
} from './merge-recipients.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

/** What became of one attempt, until it is written down. */
export interface Outcome {
  message: OutgoingMessage;
  /** The number of the attempt. */
  attempts: number;
  /** As whom the recipient was named, where WhatsApp has answered that it knows them as `message.chat`. */
  dialled?: string | undefined;
  /** The event's id: made once, however often the writing is tried. */
  eventId: string;
  result: Result;
}

type Result =
  /**
   * `userId` is the recipient's business-scoped user id, where WhatsApp told it, and `isNamed` whether it
   * named the recipient's number, too.
   */
  | { kind: 'sent'; wabaId: string; userId: string | undefined; isNamed: boolean }
  | { kind: 'failed'; error: WabaError }
  /** Milliseconds. */
  | { kind: 'retry'; nextAt: number };

/** Where outcomes are written, and the links in what is written at a time (milliseconds). */
export interface OutcomeStore {
  db: Database;
  files: Files;
  linksAt: (now: number) => Links;
}

/**
 * Writes outcomes down in one transaction: the messages brought up to date, their rows out of the
 * outbox, and one event for each that was sent or failed, in the order given. Returns those events.
 * Chats that turn out to be one customer's are merged, before and after.
 */
export async function commitOutcomes(
  store: OutcomeStore,
  settled: readonly Outcome[],
  now: number,
): Promise<WrittenEvent[]> {
  const outcomes = await mergeRecipients(store.db, settled);
  const events = await eventsOf(store, outcomes, now);
  const contents = await Promise.all(events.map((event) => placeContents(store.files, event)));
  const updates = [
    ...updateMessages(outcomes),
    ...insertErrors(outcomes, now),
    ...updateOutbox(outcomes),
  ];
  const inserts = events.flatMap((event, i) => {
    const content = contents[i];
    return content === undefined ? [] : [insertEvent(event, content)];
  });
  const [holders, ...results] = await store.db.batch<[Holder[], ...WrittenEvent[][]]>([
    selectHolders(outcomes),
    ...updates,
    ...inserts,
  ]);
  await mergeChatsOf(store.db, sameCustomers(outcomes, holders));
  return results.slice(updates.length).flat();
}

async function eventsOf(
  store: OutcomeStore,
  outcomes: readonly Outcome[],
  now: number,
): Promise<NewEvent[]> {
  const final = outcomes.filter(({ result }) => result.kind !== 'retry');
  const rows = final.map(({ message, result }) => afterwards(message, result));
  const shown = await presentMessages(store.db, rows, { userId: null, ...store.linksAt(now) });
  return final.flatMap((outcome, i) => {
    const message = shown[i];
    return message === undefined ? [] : [eventOf(outcome, message, now)];
  });
}

/** The message as the transaction leaves it. */
function afterwards(message: OutgoingMessage, result: Result): OutgoingMessage {
  if (result.kind === 'sent') return { ...message, waba_id: message.waba_id ?? result.wabaId };
  const errors = result.kind === 'failed' ? errorsJson(result.error) : null;
  return { ...message, is_failed: 1, errors };
}

function errorsJson(error: WabaError): string {
  return JSON.stringify([shownError(error)]);
}

function eventOf({ message, eventId, result }: Outcome, shown: ApiMessage, now: number): NewEvent {
  const failure = result.kind === 'failed' ? failureOf(message, result.error, now) : {};
  const { chat, assigned_user_id, assigned_group_id } = message;
  const told = {
    id: eventId,
    extended: { ...failure, outgoing_messages: [shown] },
    chats: [{ wa_id: chat, assigned_user_id, assigned_group_id, ...originsOf([message]) }],
  };
  return ownEvent(result.kind === 'failed' ? 'failure' : 'outgoing', told, now);
}

/**
 * What is said of a refusal beside the message: a status as WhatsApp has it for what fails later, which
 * has our id alone, and the error as the API lists it (spec: retrieveWabaError).
 */
function failureOf(message: OutgoingMessage, error: WabaError, now: number): ExtendedLists {
  const timestamp = Math.floor(now / 1000);
  const errors = [shownError(error)];
  const status = {
    id: message.waba_id,
    getchat_id: message.id,
    recipient_id: message.chat,
    status: 'failed',
    timestamp: String(timestamp),
    type: 'message',
    errors,
  };
  const { waba_id, id: getchat_id } = message;
  return {
    statuses: [status],
    waba_errors: [{ waba_payload: { errors }, timestamp, waba_id, getchat_id }],
  };
}

function updateMessages(outcomes: readonly Outcome[]): SQL[] {
  const sent = outcomes.flatMap(({ message: { n, payload }, result }) =>
    result.kind === 'sent' ? [{ n, payload, wabaId: result.wabaId }] : [],
  );
  const named = outcomes.flatMap(({ message, result }) =>
    result.kind === 'sent' && result.userId !== undefined
      ? [{ waId: message.chat, userId: result.userId }]
      : [],
  );
  const failed = outcomes.flatMap(({ message, result }) =>
    result.kind === 'failed' ? [{ n: message.n, errors: errorsJson(result.error) }] : [],
  );
  return [...acceptMessages(sent), ...learnUserIds(named), ...refuseMessages(failed)];
}

function insertErrors(outcomes: readonly Outcome[], now: number): SQL[] {
  const rows = outcomes.flatMap(({ message, result }) =>
    result.kind === 'failed'
      ? [{ id: message.id, payload: JSON.stringify({ errors: [shownError(result.error)] }) }]
      : [],
  );
  return jsonChunks(rows).map(
    (json) => sql`
      insert into waba_errors (message_id, payload, timestamp)
      select value->>'id', value->>'payload', ${Math.floor(now / 1000)} from json_each(${json})`,
  );
}

/** A retry that is written late must not undo the mark of the next attempt. */
function updateOutbox(outcomes: readonly Outcome[]): SQL[] {
  const done = outcomes
    .filter(({ result }) => result.kind !== 'retry')
    .map(({ message }) => message.n);
  const retried = outcomes.flatMap(({ message, attempts, result }) =>
    result.kind === 'retry' ? [{ n: message.n, attempts, nextAt: result.nextAt }] : [],
  );
  return [
    ...jsonChunks(done).map(
      (json) => sql`delete from outbox where n in (select value from json_each(${json}))`,
    ),
    ...jsonChunks(retried).map(
      (json) => sql`
        update outbox set attempted_at = null, next_at = j.value->>'nextAt'
        from json_each(${json}) j
        where outbox.n = j.value->>'n' and outbox.attempts = j.value->>'attempts'`,
    ),
  ];
}
