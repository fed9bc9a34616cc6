import { and, between, inArray, lt, sql } from 'drizzle-orm';
import { raiseCounters } from '../../inbox/counters.ts';
import { KEY_LIFE_MS } from '../../inbox/sending/idempotency.ts';
import type { Database } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { events, idempotency_keys, replays } from '../../store/schema.ts';
import { deleteDeliveries } from '../../webhooks/delivery-rows.ts';
import { prunedSeq } from '../../webhooks/log/kept-receipts.ts';
import { pruneEvents } from './prune-events.ts';
import { pruneLoginCounts, pruneSessions } from './prune-logins.ts';
import { pruneMessages } from './prune-messages.ts';
import { NOTHING, type Pruned, pruneOldest, windowIf } from './prune-oldest.ts';

/** Rows removed by one statement. */
const MAX_ROWS = 1_000;

/** Events whose log is looked at by one step. */
const MAX_EVENTS = 500;

/**
 * Receipts as short as this, of some five subscribers, stay in their row until the event goes: to write the
 * row costs more than to keep them for the two months (D1's pricing, and `RETENTION_…` as it is by default).
 */
const MAX_LEFT_BYTES = 300;

const DAY_MS = 24 * 60 * 60 * 1000;

/** What is pruned; deliveries are those that have ended and whose event stays. */
export type PrunedKind =
  | 'events'
  | 'deliveries'
  | 'attempts'
  | 'messages'
  | 'waba_errors'
  | 'tagging_events'
  | 'assignment_events'
  | 'idempotency_keys'
  | 'replays'
  | 'sessions'
  | 'login_counts';

/** A bounded step of pruning, by what it removes. */
type PruneStep = [PrunedKind, (now: number) => Promise<Pruned>];

/**
 * The steps that remove what is older than the stack's settings let it become, the oldest first. While
 * nothing is, each costs a row read or two. To be called with the time in milliseconds. Events are
 * first: what goes with them has no log to be pruned.
 */
export function pruneSteps(stack: StackContext): PruneStep[] {
  const { db, config } = stack;
  const { logDays, eventsDays, messagesDays } = config.retention;
  return [
    ['events', (now) => pruneEvents(stack, now - eventsDays * DAY_MS, now)],
    ['deliveries', (now) => pruneLog(db, now - logDays * DAY_MS)],
    ['attempts', (now) => pruneOldest(db, 'attempts', now - logDays * DAY_MS)],
    ...(messagesDays === undefined ? [] : messageSteps(stack, messagesDays * DAY_MS)),
  ];
}

function messageSteps(stack: StackContext, lifeMs: number): PruneStep[] {
  const seconds = (now: number): number => Math.floor((now - lifeMs) / 1000);
  return [
    ['messages', (now) => pruneMessages(stack, now - lifeMs, now)],
    ...(['waba_errors', 'tagging_events', 'assignment_events'] as const).map((table): PruneStep => [
      table,
      (now) => pruneOldest(stack.db, table, seconds(now)),
    ]),
  ];
}

/** The steps over tables that are in no order of time and are read through: now and then is enough. */
export function rarePruneSteps({ db, config }: StackContext): PruneStep[] {
  const { logDays } = config.retention;
  return [
    ['idempotency_keys', (now) => pruneKeys(db, now)],
    ['replays', (now) => pruneReplays(db, now - logDays * DAY_MS)],
    ['sessions', (now) => pruneSessions(db, now)],
    ['login_counts', (now) => pruneLoginCounts(db, now)],
  ];
}

/** What some steps removed, and which of them may have more to do. */
interface PruneResult {
  removed: Map<PrunedKind, number>;
  unfinished: PruneStep[];
}

/** Runs some steps one after another; `now` in milliseconds. */
export async function runSteps(steps: readonly PruneStep[], now: number): Promise<PruneResult> {
  const result: PruneResult = { removed: new Map(), unfinished: [] };
  for (const step of steps) {
    const [kind, run] = step;
    const { removed, hasMore } = await run(now);
    if (removed > 0) result.removed.set(kind, removed);
    if (hasMore) result.unfinished.push(step);
  }
  return result;
}

/** Removes `Idempotency-Key`s that are not remembered any more; `now` in milliseconds. Reads those of a day. */
async function pruneKeys(db: Database, now: number): Promise<Pruned> {
  const removed = await db.run(sql`
    delete from ${idempotency_keys} where (user_id, key) in (
      select user_id, key from ${idempotency_keys} where created_at <= ${now - KEY_LIFE_MS} limit ${MAX_ROWS})`);
  return { removed, hasMore: removed === MAX_ROWS };
}

/** Removes replays that ended before a time (milliseconds). There are few. */
async function pruneReplays(db: Database, before: number): Promise<Pruned> {
  const { id, ended_at } = replays;
  const old = query
    .select({ id })
    .from(replays)
    .where(lt(ended_at, before))
    .orderBy(id)
    .limit(MAX_ROWS);
  const removed = await db.run(query.delete(replays).where(inArray(id, old)));
  return { removed, hasMore: removed === MAX_ROWS };
}

/**
 * Removes what the log has of the deliveries of events that are older than `before` (milliseconds): the
 * rows of deliveries that have ended, and receipts, which nobody sees from then on. One row written
 * per event with many receipts, and one per step to know how far this has come.
 */
async function pruneLog(db: Database, before: number): Promise<Pruned> {
  const cursor = prunedSeq();
  const oldest = sql`select created_at from ${events} where seq > ${cursor} order by seq limit 1`;
  const window = await db.all<{ seq: number; created_at: number }>(sql`
    select seq, created_at from ${events} where seq > ${cursor}
    order by seq limit ${windowIf(oldest, before, MAX_EVENTS)}`);
  const young = window.findIndex((event) => event.created_at >= before);
  const old = young < 0 ? window : window.slice(0, young);
  const [first, last] = [old[0], old.at(-1)];
  if (first === undefined || last === undefined) return NOTHING;
  const isLong = sql`octet_length(${events.receipts}) > ${MAX_LEFT_BYTES}`;
  const [, removed = []] = await db.batch([
    query
      .update(events)
      .set({ receipts: null })
      .where(and(between(events.seq, first.seq, last.seq), isLong)),
    deleteDeliveries(
      sql`seq between ${first.seq} and ${last.seq} and state != 'due' returning seq`,
    ),
    raiseCounters(sql`select 'log_pruned_seq', ${last.seq} where true`),
  ]);
  return { removed: removed.length, hasMore: old.length === MAX_EVENTS };
}
