import { sql, type SQL } from 'drizzle-orm';
import { type Database, jsonList, readJson } from '../store/database.ts';
import { joinQueue } from '../webhooks/chat-queue.ts';
import { NEVER_MS } from '../webhooks/enablement.ts';
import { NOT_COUNTED, type ReplayRow } from '../webhooks/replays/replay.ts';
import {
  countWanted,
  selectWanted,
  WINDOW,
  type ReplayScope,
} from '../webhooks/replays/wanted-events.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import type { DueWork } from './report-due-work.ts';

/** Steps are this far apart; each makes at most a second's worth of deliveries due. */
const STEP_MS = 1_000;

/** So many seconds' worth may be pending: live deliveries of the webhook are not buried under more. */
const MAX_PENDING_SECONDS = 4;

/** When as much is pending as may be, it takes that long to be worked off. */
const FULL_PAUSE_MS = MAX_PENDING_SECONDS * STEP_MS;

/** A receiver that fails will hardly have worked it off by then: looking again costs written rows. */
const FAILING_PAUSE_MS = 30_000;

/**
 * Deliveries of an open event are under way in the fast lane, and how they fared is not known yet: a
 * replay waits for that. An event that stays open for longer than this is stuck and is not waited for.
 */
const MAX_OPEN_MS = 5 * 60_000;

const NOTHING: DueWork = { webhooks: [], nextAt: undefined };

/** How a replay stands, with all that decides its next step. */
type ReplayProgress = Pick<
  ReplayRow,
  'id' | 'webhook_id' | 'filter' | 'cursor_seq' | 'until_seq' | 'total' | 'per_second' | 'next_at'
> & {
  /** 0 where it is disabled, null where it is deleted. */
  is_enabled: number | null;
  failing_since: number | null;
  pending: number;
  /** The first event after the cursor whose deliveries are under way. */
  first_open: number | null;
};

/**
 * Makes the next deliveries of a replay due, if its time has come. The slow lane delivers them. All that
 * a step does is one batch, which only happens where the replay still stands as it was read: of two
 * steps at once one does nothing, and one that dies leaves nothing half done. Returns what is left.
 */
export async function stepReplay(
  id: number,
  deps: Pick<DeliveryDeps, 'stack' | 'now'>,
): Promise<DueWork> {
  const { db } = deps.stack;
  const now = deps.now();
  const progress = await readProgress(db, id, now);
  if (progress === undefined) return NOTHING;
  if (progress.next_at > now) return { webhooks: [], nextAt: progress.next_at };
  if (progress.is_enabled === null) {
    await db.run(sql`delete from replays where id = ${id}`);
    return NOTHING;
  }
  if (progress.is_enabled === 0) {
    await sleepUntilEnabled(db, progress);
    return NOTHING;
  }
  await countOnce(db, progress);
  const room = MAX_PENDING_SECONDS * progress.per_second - progress.pending;
  if (room <= 0) return { webhooks: [], nextAt: await pause(db, progress, now) };
  const { seqs, cursor } = await pick(db, progress, Math.min(room, progress.per_second));
  await db.batch(queue(progress, seqs, cursor, now));
  const isOver = cursor >= progress.until_seq;
  return {
    webhooks: seqs.length > 0 ? [progress.webhook_id] : [],
    nextAt: isOver ? undefined : now + STEP_MS,
  };
}

function readProgress(db: Database, id: number, now: number): Promise<ReplayProgress | undefined> {
  return db.first<ReplayProgress>(sql`
    select r.id, r.webhook_id, r.filter, r.cursor_seq, r.until_seq, r.total, r.per_second, r.next_at,
      w.is_enabled, w.failing_since, (
        select count(*) from deliveries d where d.replay_id = r.id and d.state = 'due'
      ) as pending, (
        select min(seq) from events
        where open = 1 and seq > r.cursor_seq and created_at > ${now - MAX_OPEN_MS}
      ) as first_open
    from replays r left join webhooks w on w.id = r.webhook_id
    where r.id = ${id} and r.state = 'running'`);
}

/** Enabling the webhook wakes it; where that has just happened it stays awake. */
async function sleepUntilEnabled(db: Database, { id, webhook_id }: ReplayProgress): Promise<void> {
  await db.run(sql`update replays set next_at = ${NEVER_MS} where id = ${id}
    and exists (select 1 from webhooks where id = ${webhook_id} and is_enabled = 0)`);
}

/** A replay that began when its webhook was enabled has not been counted: there was no time. */
async function countOnce(db: Database, progress: ReplayProgress): Promise<void> {
  if (progress.total !== NOT_COUNTED) return;
  const range = { after: progress.cursor_seq, until: progress.until_seq };
  const total = await countWanted(db, scopeOf(progress), range);
  await db.run(sql`update replays set total = ${total} where ${isAsRead(progress)}`);
}

async function pause(db: Database, progress: ReplayProgress, now: number): Promise<number> {
  const nextAt = now + (progress.failing_since === null ? FULL_PAUSE_MS : FAILING_PAUSE_MS);
  await db.run(sql`update replays set next_at = ${nextAt} where ${isAsRead(progress)}`);
  return nextAt;
}

/** Finds the next deliveries, at most `limit`, and up to which event there are no others. */
async function pick(
  db: Database,
  progress: ReplayProgress,
  limit: number,
): Promise<{ seqs: number[]; cursor: number }> {
  const after = progress.cursor_seq;
  const settled = (progress.first_open ?? Infinity) - 1;
  const until = Math.min(after + WINDOW, progress.until_seq, settled);
  const rows = await db.all<{ seq: number }>(
    selectWanted(scopeOf(progress), { after, until }, limit),
  );
  const seqs = rows.map(({ seq }) => seq);
  return { seqs, cursor: seqs.length < limit ? until : (seqs.at(-1) ?? until) };
}

/** The one batch of a step. */
function queue(
  progress: ReplayProgress,
  seqs: readonly number[],
  cursor: number,
  now: number,
): SQL[] {
  const { id, webhook_id } = progress;
  const isOver = Number(cursor >= progress.until_seq);
  const list = jsonList(seqs);
  return [
    sql`insert into deliveries (webhook_id, seq, state, attempts, next_at, replay_id)
        select ${webhook_id}, value, 'due', 0, ${now}, ${id} from json_each(${list})
        where exists (select 1 from replays where ${isAsRead(progress)})
        on conflict (webhook_id, seq) do update set
          state = 'due', attempts = 0, next_at = excluded.next_at, replay_id = excluded.replay_id,
          last_error = null, attempted_at = null, status = null, error = null, latency_ms = null, part = 0
        where state != 'due'`,
    sql`update replays set cursor_seq = ${cursor}, next_at = ${now + STEP_MS},
          state = iif(${isOver}, 'done', state), ended_at = iif(${isOver}, ${now}, null),
          queued = queued + (select count(*) from json_each(${list}) k join deliveries d
            on d.webhook_id = ${webhook_id} and d.seq = k.value and d.state = 'due' and d.replay_id = ${id})
        where ${isAsRead(progress)}`,
    ...joinQueue(seqs.map((seq) => ({ webhook_id, seq }))),
  ];
}

/** Whether no other step, pause or change of the webhook has come in between; over `replays`. */
function isAsRead({ id, webhook_id, cursor_seq, next_at }: ReplayProgress): SQL {
  return sql`(id = ${id} and state = 'running' and cursor_seq = ${cursor_seq} and next_at = ${next_at}
    and exists (select 1 from webhooks where id = ${webhook_id} and is_enabled = 1))`;
}

function scopeOf({ webhook_id, filter }: ReplayProgress): ReplayScope {
  return { webhookId: webhook_id, filter: readJson(filter) };
}
