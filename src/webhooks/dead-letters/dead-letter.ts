import type { QueueMessage } from '../../config.ts';
import { readJson } from '../../store/json-column.ts';
import type { dead_letters } from '../../store/schema.ts';

type WithoutStack<Message> = Message extends unknown ? Omit<Message, 'stack'> : never;

/** A doorbell as a dead letter keeps it: the stack is the one whose database it lies in. */
export type Doorbell = WithoutStack<QueueMessage>;

export type DeadLetterRow = typeof dead_letters.$inferSelect;

/** A doorbell that we failed on time and again, or a row that cannot be read. */
export interface DeadLetter {
  id: number;
  kind: Doorbell['kind'];
  /** What it rang for: a sequence number, or the id of a webhook, a file or a replay; empty for refreshes. */
  reference: number | string;
  error: string;
  /** Milliseconds; when it was parked for the first time. */
  createdAt: number;
}

/** The doorbell of a queue's message. */
export function doorbellOf({ stack: _stack, ...doorbell }: QueueMessage): Doorbell {
  return doorbell;
}

/** What a doorbell rings for: beside its kind it says nothing else. */
export function referenceOf({ kind: _kind, ...reference }: Doorbell): number | string {
  return Object.values<number | string>(reference)[0] ?? '';
}

/** Reads a row. */
export function toDeadLetter(row: DeadLetterRow): DeadLetter {
  const doorbell = readJson<Doorbell>(row.message);
  return {
    id: row.id,
    kind: doorbell.kind,
    reference: referenceOf(doorbell),
    error: row.error,
    createdAt: row.created_at,
  };
}
