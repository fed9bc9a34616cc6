import { sql, type SQL } from 'drizzle-orm';
import { faultText } from '../../log.ts';
import type { Doorbell } from './dead-letter.ts';

/**
 * The statements that put a doorbell aside as a dead letter, with what `error` says; `now` in
 * milliseconds. One that lies there already stays one letter, with the newest error: a webhook or a
 * file is rung for again while its rows are due. An event is rung for no more: see `parkEvent`.
 */
export function parkDoorbell(doorbell: Doorbell, error: unknown, now: number): SQL[] {
  if (doorbell.kind === 'event') return parkEvent(doorbell.seq, error, now);
  return [insertLetter(doorbell, error, now, sql`where true`)];
}

/**
 * The statements that put an event aside as a dead letter and close it, so that nobody rings for it any
 * more. Nothing happens where it is closed already (someone else delivered it meanwhile), so they come
 * before any other statement that closes it.
 */
export function parkEvent(seq: number, error: unknown, now: number): SQL[] {
  const isOpen = sql`from events where seq = ${seq} and open = 1`;
  return [
    insertLetter({ kind: 'event', seq }, error, now, isOpen),
    sql`update events set open = null where seq = ${seq} and open = 1`,
  ];
}

function insertLetter(doorbell: Doorbell, error: unknown, now: number, condition: SQL): SQL {
  return sql`
    insert into dead_letters (message, error, created_at)
    select ${JSON.stringify(doorbell)}, ${faultText(error)}, ${now} ${condition}
    on conflict (message) do update set error = excluded.error`;
}
