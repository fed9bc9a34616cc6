import { and, eq, sql, type SQL } from 'drizzle-orm';
import { faultText } from '../../log.ts';
import { insertWhere, query } from '../../store/query.ts';
import { dead_letters, events } from '../../store/schema.ts';
import type { Doorbell } from './dead-letter.ts';

/**
 * The statements that put a doorbell aside as a dead letter, with what `error` says; `now` in
 * milliseconds. One that lies there already stays one letter, with the newest error: a webhook or a
 * file is rung for again while its rows are due. An event is rung for no more: see `parkEvent`.
 */
export function parkDoorbell(doorbell: Doorbell, error: unknown, now: number): SQL[] {
  if (doorbell.kind === 'event') return parkEvent(doorbell.seq, error, now);
  return [insertLetter(doorbell, error, now)];
}

/**
 * The statements that put an event aside as a dead letter and close it, so that nobody rings for it any
 * more. Nothing happens where it is closed already (someone else delivered it meanwhile), so they come
 * before any other statement that closes it.
 */
export function parkEvent(seq: number, error: unknown, now: number): SQL[] {
  const isOpen = and(eq(events.seq, seq), eq(events.open, 1));
  return [
    insertLetter(
      { kind: 'event', seq },
      error,
      now,
      sql`exists (select 1 from ${events} where ${isOpen})`,
    ),
    query.update(events).set({ open: null }).where(isOpen).getSQL(),
  ];
}

function insertLetter(doorbell: Doorbell, error: unknown, now: number, condition?: SQL): SQL {
  const row = { message: JSON.stringify(doorbell), error: faultText(error), created_at: now };
  return insertWhere(dead_letters, row, condition)
    .onConflictDoUpdate({ target: dead_letters.message, set: { error: sql`excluded.error` } })
    .getSQL();
}
