import { desc, eq, sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import type { QueueMessage } from '../../bindings.ts';
import { notFound } from '../../error.ts';
import {
  asLongList,
  type Counted,
  countRows,
  type LongList,
  type PageRange,
  spanOf,
} from '../../inbox/long-list.ts';
import { assertAdmin } from '../../inbox/permissions.ts';
import { type Database, readJson } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { dead_letters } from '../../store/schema.ts';

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
function toDeadLetter(row: DeadLetterRow): DeadLetter {
  const doorbell = readJson<Doorbell>(row.message);
  return {
    id: row.id,
    kind: doorbell.kind,
    reference: referenceOf(doorbell),
    error: row.error,
    createdAt: row.created_at,
  };
}

/**
 * Deletes a dead letter; what it was about stays as it is. Throws `forbidden` for anyone but an admin,
 * `not_found` where there is none.
 */
export async function forgetDeadLetter(db: Database, actor: User, id: number): Promise<void> {
  assertAdmin(actor);
  const deleted = await db.run(query.delete(dead_letters).where(eq(dead_letters.id, id)));
  if (deleted === 0) throw notFound();
}

/** Returns a part of the dead letters, newest first. Throws `forbidden` for anyone but an admin. */
export async function listDeadLetters(
  db: Database,
  actor: User,
  part: PageRange,
): Promise<LongList<DeadLetter>> {
  assertAdmin(actor);
  const [rows, counted] = await db.batch<[DeadLetterRow[], Counted[]]>([
    query
      .select()
      .from(dead_letters)
      .orderBy(desc(dead_letters.id))
      .limit(part.limit + 1)
      .offset(part.offset),
    countRows(sql`from ${dead_letters}`, spanOf('dead_letters')),
  ]);
  const list = asLongList(rows, counted, part);
  return { ...list, items: list.items.map(toDeadLetter) };
}
