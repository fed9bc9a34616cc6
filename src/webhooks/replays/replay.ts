import { getTableColumns, sql, type SQL } from 'drizzle-orm';
import { readJson } from '../../store/database.ts';
import { query, type RowsOf } from '../../store/query.ts';
import { deliveries, replays } from '../../store/schema.ts';
import type { ReplayFilter } from './replay-filter.ts';

export type ReplayRow = typeof replays.$inferSelect;

/** The `total` of a replay whose deliveries were not counted yet. */
export const NOT_COUNTED = -1;

/** A replay and how far it has come. */
export interface Replay {
  id: number;
  webhookId: number;
  state: ReplayRow['state'];
  filter: ReplayFilter;
  perSecond: number;
  /** How many deliveries it was to make when it began; null where that is not counted yet. */
  total: number | null;
  /** How many deliveries it has made due. */
  queued: number;
  /** What became of those; one that a later replay has taken up is counted there. */
  delivered: number;
  dead: number;
  dropped: number;
  pending: number;
  /** Milliseconds. */
  createdAt: number;
  endedAt: number | null;
}

/** A replay's row with the states of its deliveries. */
export type CountedRow = RowsOf<ReturnType<typeof selectReplays>>[number];

/** Selects replays with the states of their deliveries. */
export function selectReplays(where: SQL | undefined) {
  const counts = sql`(select ${deliveries.state}, count(*) as count from ${deliveries}
    where ${deliveries.replay_id} = ${replays.id} group by ${deliveries.state})`;
  return query
    .select({
      ...getTableColumns(replays),
      states: sql<string>`(select json_group_object(state, count) from ${counts})`.as('states'),
    })
    .from(replays)
    .where(where);
}

/** Makes a replay of its row. */
export function toReplay(row: CountedRow): Replay {
  const counts = readJson<Partial<Record<string, number>>>(row.states);
  return {
    id: row.id,
    webhookId: row.webhook_id,
    state: row.state,
    filter: readJson(row.filter),
    perSecond: row.per_second,
    total: row.total === NOT_COUNTED ? null : row.total,
    queued: row.queued,
    delivered: counts['delivered'] ?? 0,
    dead: counts['dead'] ?? 0,
    dropped: counts['dropped'] ?? 0,
    pending: counts['due'] ?? 0,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}
