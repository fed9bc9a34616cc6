import type { EventKind } from '../../events/kinds.ts';
import { sql, type SQL } from 'drizzle-orm';
import { chatKeyOf } from '../../inbox/chats/find-chat.ts';
import { jsonList } from '../../store/database.ts';
import { keptReceipts, prunedSeq } from '../log/kept-receipts.ts';
import { mayReadIt } from '../../events/audience.ts';

/**
 * How an event has fared with a webhook; `none` where no attempt has come to an end yet. How it fared
 * before the log was pruned is not known: no state fits.
 */
export const REPLAY_STATES = ['delivered', 'dead', 'dropped', 'none'] as const;
export type ReplayState = (typeof REPLAY_STATES)[number];

/** Which events of the past are wanted; what is left out does not matter. Stored as it is. */
export interface ReplayFilter {
  /** Seconds; events from then on. */
  after?: number | undefined;
  /** Seconds; events before then. */
  before?: number | undefined;
  /** Events with a higher sequence number. */
  after_sequence?: number | undefined;
  /** Events up to this sequence number. */
  until_sequence?: number | undefined;
  states?: readonly ReplayState[] | undefined;
  kinds?: readonly EventKind[] | undefined;
  /** Keys of chats; one of them in the event is enough. */
  chats?: readonly string[] | undefined;
  /** The range is what was missed while the webhook was disabled. */
  missed?: true | undefined;
}

/**
 * The filter as a condition over an event `e`, a webhook `w`, its user `u` and the row `d` that their
 * delivery may have. What is due already needs no replay, and a chat that the user may not read is not
 * found by its key. The range of sequence numbers is not in it.
 */
export function isWanted(filter: ReplayFilter): SQL {
  const { after, before, states, kinds, chats, missed } = filter;
  const conditions = [
    sql`d.state is not 'due'`,
    // What an erased customer's events said cannot be sent any more.
    sql`(e.extended is not null or e.in_r2 = 1)`,
    isForTheUser(),
    after === undefined ? [] : sql`e.created_at >= ${after * 1000}`,
    before === undefined ? [] : sql`e.created_at < ${before * 1000}`,
    kinds === undefined ? [] : sql`e.kind in ${valuesOf(kinds)}`,
    chats === undefined
      ? []
      : sql`exists (select 1 from json_each(e.chats) c
          where c.value->>'wa_id' in ${valuesOf(chats.map(chatKeyOf))} and ${mayReadIt(sql`c.value`)})`,
    states === undefined ? [] : sql`${stateOf(missed)} in ${valuesOf(states)}`,
  ].flat();
  return sql.join(conditions, sql` and `);
}

/** Of other people's webhooks only admins are told, so nobody else may count how often those failed. */
function isForTheUser(): SQL {
  return sql`(e.kind != 'webhook' or u.role = 'admin' or exists (
    select 1 from json_each(e.extended, '$.disabled_webhooks') notice
    where notice.value->>'$.user.id' = w.user_id))`;
}

/**
 * What succeeded at the first try has no row, only a receipt with its event, until the log is pruned.
 * What came to a disabled webhook never had either.
 */
function stateOf(isMissed = false): SQL {
  return sql`case
    when d.state is not null then d.state
    when exists (select 1 from json_each(${keptReceipts()}) r where r.value->>'webhook' = w.id) then 'delivered'
    when e.seq > ${isMissed ? sql`0` : prunedSeq()} then 'none'
    else 'unknown' end`;
}

function valuesOf(list: readonly string[]): SQL {
  return sql`(select value from json_each(${jsonList(list)}))`;
}
