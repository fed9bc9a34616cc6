import type { MessageProgress } from '../inbox/messages/message-rows.ts';
import type { MessageRow } from '../inbox/messages/present-message.ts';
import { decodeCallback } from '../waba/callback-data.ts';
import type { InboundStatus } from '../waba/items.ts';
import { idOf, isRecord, type JsonRecord } from '../waba/json-record.ts';
import { markStatuses, type StatusMark } from '../waba/mark-statuses.ts';
import { shownError } from '../waba/shown-error.ts';
import type { Known } from './known.ts';

/** Real ones have some hundreds; a row must stay below D1's 2,000,000 bytes. */
const MAX_ERROR_CHARACTERS = 5_000;

/** A status to be stored, and what it changes in its message. */
export interface StatusWrite {
  wabaId: string;
  status: string;
  participant: string;
  timestamp: number;
  payload: string;
  /** Our message that it is about, where there is one. */
  messageId: string | null;
  /** That message itself. */
  message: Pick<MessageRow, 'id' | 'api_origin'> | undefined;
  chat: string | null;
  /** WhatsApp's id, where the message has not got it yet: the status came before the send was recorded. */
  learnedWabaId: string | null;
  /** The status as it is shown to subscribers. */
  shown: JsonRecord;
}

/** Finds the message of ours that a status is about: by our id in it, else by WhatsApp's. */
export class StatusTargets {
  readonly #byId: Map<string, MessageRow>;
  readonly #byWabaId: Map<string | null, MessageRow>;

  constructor(messages: readonly MessageRow[]) {
    const ours = messages.filter((row) => row.from_us === 1);
    this.#byId = new Map(ours.map((row) => [row.id, row]));
    this.#byWabaId = new Map(ours.map((row) => [row.waba_id, row]));
  }

  find(status: InboundStatus): MessageRow | undefined {
    const ourId = ourIdOf(status);
    return (
      this.#byWabaId.get(status.id) ?? (ourId === undefined ? undefined : this.#byId.get(ourId))
    );
  }

  /** The body's text with `getchat_id` in the statuses of our messages; the same text where it has none. */
  mark(text: string, statuses: readonly InboundStatus[]): string {
    // Most bodies have none, and reading a large one by position for nothing would cost time.
    if (!statuses.some((status) => this.find(status) !== undefined)) return text;
    return markStatuses(text, (status) => this.markOf(status));
  }

  markOf(status: InboundStatus): (StatusMark & { isOurCallback: boolean }) | undefined {
    const message = this.find(status);
    if (message === undefined) return undefined;
    return {
      getchatId: message.id,
      callerData: message.callback_data,
      isOurCallback: ourIdOf(status) !== undefined,
    };
  }
}

function ourIdOf({ callbackData }: InboundStatus): string | undefined {
  return callbackData === undefined ? undefined : decodeCallback(callbackData);
}

/** The statuses of a body that are new, in its order, each once. */
export function planStatuses(
  statuses: readonly InboundStatus[],
  known: Pick<Known, 'statuses' | 'messages'>,
): StatusWrite[] {
  const targets = new StatusTargets(known.messages);
  const seen = new Set(
    known.statuses.map((status) => keyOf(status.waba_id, status.status, status.participant)),
  );
  return statuses.flatMap((status) => {
    const key = keyOf(status.id, status.status, status.participant);
    if (seen.has(key)) return [];
    seen.add(key);
    return [writeOf(status, targets)];
  });
}

function keyOf(...parts: string[]): string {
  return JSON.stringify(parts);
}

function writeOf(status: InboundStatus, targets: StatusTargets): StatusWrite {
  const message = targets.find(status);
  return {
    wabaId: status.id,
    status: status.status,
    participant: status.participant,
    timestamp: status.timestamp,
    payload: payloadOf(status),
    messageId: message?.id ?? null,
    message: message && { id: message.id, api_origin: message.api_origin },
    chat: message?.chat ?? null,
    learnedWabaId: message?.waba_id === null ? status.id : null,
    shown: shownStatus(status, targets),
  };
}

/** Real ones have some hundreds; the row of one and of its error must stay below D1's 2,000,000 bytes. */
const MAX_PAYLOAD_CHARACTERS = 100_000;

function payloadOf({ payload, id, status, timestamp, phone }: InboundStatus): string {
  const text = JSON.stringify(payload);
  if (text.length <= MAX_PAYLOAD_CHARACTERS) return text;
  const errors: unknown[] = Array.isArray(payload['errors']) ? payload['errors'] : [];
  const kept = errors.slice(0, MAX_KEPT_ERRORS).map(shortError);
  const core = { id, status, timestamp: String(timestamp), recipient_id: phone };
  return JSON.stringify({ ...core, ...(kept.length > 0 ? { errors: kept } : {}) });
}

/** Of an endless list, or of a status that is too long to be kept. WhatsApp puts one in. */
const MAX_KEPT_ERRORS = 10;

/** What On-Prem had in each of these, and the service's document has (spec: WABA Webhook extension). */
const STATUS_TYPE = 'message';

function shownStatus(status: InboundStatus, targets: StatusTargets): JsonRecord {
  const mark = targets.markOf(status);
  if (mark === undefined) return { type: STATUS_TYPE, ...status.payload };
  const { biz_opaque_callback_data: callback, ...rest } = status.payload;
  const shown: JsonRecord = { type: STATUS_TYPE, ...rest, getchat_id: mark.getchatId };
  const callersOwn = mark.isOurCallback ? mark.callerData : callback;
  if (callersOwn !== null && callersOwn !== undefined)
    shown['biz_opaque_callback_data'] = callersOwn;
  return shown;
}

/** An error of WABA's as it is kept: whole, or of an endless one the code and what is short. */
export function shortError(error: unknown): JsonRecord {
  if (!isRecord(error)) return {};
  if (JSON.stringify(error).length <= MAX_ERROR_CHARACTERS) return error;
  const { code, title, message } = error;
  const kept = typeof code === 'number' ? code : idOf(code);
  return { code: kept, title: idOf(title), message: idOf(message) };
}

/** Which time a status sets; `played` is a voice note that was listened to, so it was read. */
const TIME_OF: Record<string, 'sent' | 'delivered' | 'read'> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
};

/** What new statuses say of messages of ours. A group's is about one member: it never fails the message. */
export function progressOf(statuses: readonly StatusWrite[]): MessageProgress[] {
  const changes = new Map<string, MessageProgress>();
  for (const status of statuses) {
    if (status.messageId === null) continue;
    const change = changes.get(status.messageId) ?? unchanged(status.messageId);
    changes.set(status.messageId, change);
    change.waba_id ??= status.learnedWabaId;
    const time = TIME_OF[status.status];
    if (time !== undefined) change[time] ??= status.timestamp;
    if (status.status === 'failed' && status.participant === '') {
      change.failed = 1;
      change.errors ??= errorsOf(status.shown);
    }
  }
  return [...changes.values()];
}

function unchanged(id: string): MessageProgress {
  return { id, waba_id: null, sent: null, delivered: null, read: null, failed: 0, errors: null };
}

function errorsOf({ errors }: StatusWrite['shown']): string | null {
  if (!Array.isArray(errors)) return null;
  const kept: unknown[] = errors.slice(0, MAX_KEPT_ERRORS);
  return JSON.stringify(kept.map((error) => shownError(shortError(error))));
}
