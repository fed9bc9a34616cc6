import { sql, type SQL } from 'drizzle-orm';
import type { Interest } from '../events/audience.ts';
import type { EventRow } from '../events/event.ts';
import { KINDS, type MatchedEvent, type Shape } from '../events/kinds.ts';
import { readJson } from '../store/database.ts';

/** Reads what decides who is told from an event's row; its contents stay unread. */
export function toMatched(
  row: Pick<EventRow, 'seq' | 'kind' | 'fields' | 'chats' | 'incoming'>,
): MatchedEvent {
  return {
    seq: row.seq,
    kind: row.kind,
    fields: readJson(row.fields),
    chats: readJson(row.chats),
    hasIncoming: readJson<string[]>(row.incoming).length > 0,
  };
}

/**
 * Says in which shape a webhook gets an event, or null where it does not. Of WABA's events a webhook
 * gets one body each: the original where it takes that, else the extended one where a flag of it asks
 * for such an event. An extended body may still turn out empty: see `extendedBodyFor`.
 */
export function shapeFor(interest: Interest, event: MatchedEvent): Shape | null {
  if (!interest.isOwnerActive || event.seq <= interest.sinceSeq) return null;
  return KINDS[event.kind].shapeFor(interest, event);
}

/**
 * The rule of `shapeFor` as a condition over an event `e`, a webhook `w` and its user `u`, for those who
 * look through events by the hundred thousand: true where the webhook gets the event in some shape.
 */
export function isTaken(): SQL {
  const cases = Object.entries(KINDS).map(([kind, rule]) => sql`when ${kind} then ${rule.isTaken}`);
  return sql`(u.is_active = 1 and e.seq > w.since_seq and case e.kind ${sql.join(cases, sql` `)} else 0 end)`;
}
