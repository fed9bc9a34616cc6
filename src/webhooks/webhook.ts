import { eq, getTableColumns, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { User } from '../auth/user.ts';
import type { DialectName } from '../dialect-names.ts';
import { readJson } from '../store/database.ts';
import type { StackContext } from '../store/open-stack.ts';
import { query, type RowsOf } from '../store/query.ts';
import { deliveries, users, webhook_totals, webhooks } from '../store/schema.ts';
import { openHeaders } from './open-sealed.ts';

export type WebhookRow = typeof webhooks.$inferSelect;

/** How often and for how long a webhook's deliveries are attempted, by name. */
export type ScheduleName = WebhookRow['schedule'];

/** In which order a webhook gets its events. */
export type Ordering = WebhookRow['ordering'];

/** What a rate limit counts by. */
export type RatePeriod = WebhookRow['rate_limit_per'];

/** Open: nothing is attempted. Half-open: the pause is over, the next attempt decides. */
export type BreakerState = 'closed' | 'open' | 'half_open';

/** At most `count` attempts within any `perMs` milliseconds. */
export interface RateLimit {
  count: number;
  perMs: number;
}

/** Whose webhook it is, and what decides what it may be told. */
export type WebhookOwner = Pick<User, 'id' | 'username' | 'canReadChats'>;

/** A webhook as its owner and the admins see it: all but its secrets. */
export interface Webhook {
  id: number;
  owner: WebhookOwner;
  url: string;
  onIncomingMessage: boolean;
  onOutgoingMessage: boolean;
  onAssigned: boolean;
  onCloudApi: boolean;
  onWebhookDisabled: boolean;
  /** Which kinds of WABA's events `onCloudApi` takes; null takes all. */
  fields: readonly string[] | null;
  /**
   * Null where they cannot be decrypted, as after a change of SECRET_KEY. Values are shown to admins
   * too: who may change the URL could read them off the wire, so hiding them would protect nothing.
   */
  headers: Record<string, string> | null;
  hasAppSecret: boolean;
  dialect: DialectName;
  /** What of its dialect it takes, by that dialect's names; null where the flags say it. */
  dialectEvents: readonly string[] | null;
  dialectRef: string | null;
  schedule: ScheduleName;
  ordering: Ordering;
  rateLimit: number | null;
  rateLimitPer: RatePeriod;
  isEnabled: boolean;
  /** Why we disabled it; null where it is enabled, or where its owner paused it. */
  disabledReason: string | null;
  breaker: BreakerState;
  /** Milliseconds; since when every attempt failed, null where the latest went well. */
  failingSince: number | null;
  lastError: { reason: string; at: number } | null;
  counters: WebhookCounters;
  /** Milliseconds. */
  createdAt: number;
}

/** How many attempts of its deliveries went well and failed, and how many deliveries are still to be made. */
export interface WebhookCounters {
  delivered: number;
  failed: number;
  /** Counted up to 10,000. */
  pending: number;
}

/** A webhook's row with its owner's columns and its counters. */
export type OwnedRow = RowsOf<ReturnType<typeof selectWebhooks>>[number];

/** What is pending is counted no further: a webhook that is down for long has any number. */
const MAX_PENDING_COUNTED = 10_000;

/** The table as conditions over `webhooks w` name it. */
export const w = alias(webhooks, 'w');

/** Selects webhooks with their owners, oldest first; `where` is over `webhooks w`. */
export function selectWebhooks(where: SQL | undefined) {
  const { delivered, failed } = webhook_totals;
  const due = sql`(select 1 from ${deliveries}
    where ${deliveries.webhook_id} = ${w.id} and ${deliveries.state} = 'due' limit ${MAX_PENDING_COUNTED})`;
  return query
    .select({
      ...getTableColumns(w),
      username: users.username,
      can_read_chats: users.can_read_chats,
      delivered: sql<number>`coalesce(${delivered}, 0)`.as('delivered'),
      failed: sql<number>`coalesce(${failed}, 0)`.as('failed'),
      pending: sql<number>`(select count(*) from ${due})`.as('pending'),
    })
    .from(w)
    .innerJoin(users, eq(users.id, w.user_id))
    .leftJoin(webhook_totals, eq(webhook_totals.webhook_id, w.id))
    .where(where)
    .orderBy(w.id);
}

/** Which webhooks someone may see and change: admins all, everyone else their own. */
export function reachableBy(actor: User): SQL {
  return actor.role === 'admin' ? sql`true` : eq(w.user_id, actor.id);
}

/** Makes a webhook of its row, decrypting its headers. */
export async function toWebhook(ctx: StackContext, row: OwnedRow): Promise<Webhook> {
  return {
    id: row.id,
    owner: { id: row.user_id, username: row.username, canReadChats: row.can_read_chats },
    url: row.url,
    onIncomingMessage: row.on_incoming_message === 1,
    onOutgoingMessage: row.on_outgoing_message === 1,
    onAssigned: row.on_assigned === 1,
    onCloudApi: row.on_cloud_api === 1,
    onWebhookDisabled: row.on_webhook_disabled === 1,
    fields: parseFields(row.fields),
    // One webhook that cannot be read must not hide the others.
    headers: await openHeaders(ctx.config, row.headers).catch(() => null),
    hasAppSecret: row.app_secret !== null,
    dialect: row.dialect,
    dialectEvents: row.dialect === 'getchat' ? null : readDialectEvents(row.dialect_events),
    dialectRef: row.dialect_ref,
    schedule: row.schedule,
    ordering: row.ordering,
    rateLimit: row.rate_limit,
    rateLimitPer: row.rate_limit_per,
    isEnabled: row.is_enabled === 1,
    disabledReason: row.disabled_reason,
    breaker: breakerOf(row, Date.now()),
    failingSince: row.failing_since,
    lastError: lastErrorOf(row),
    counters: { delivered: row.delivered, failed: row.failed, pending: row.pending },
    createdAt: row.created_at,
  };
}

/** Reads the `rate_limit` columns; null where there is no limit. */
export function rateLimitOf(
  row: Pick<WebhookRow, 'rate_limit' | 'rate_limit_per'>,
): RateLimit | null {
  const perMs = row.rate_limit_per === 'second' ? 1_000 : 60_000;
  return row.rate_limit === null ? null : { count: row.rate_limit, perMs };
}

function breakerOf(
  row: Pick<WebhookRow, 'breaker_opened_at' | 'probe_at'>,
  now: number,
): BreakerState {
  if (row.breaker_opened_at === null) return 'closed';
  return (row.probe_at ?? 0) > now ? 'open' : 'half_open';
}

function lastErrorOf({
  last_error: reason,
  last_error_at: at,
}: Pick<WebhookRow, 'last_error' | 'last_error_at'>): Webhook['lastError'] {
  return reason === null || at === null ? null : { reason, at };
}

/** Reads the `fields` column. */
export function parseFields(column: string | null): readonly string[] | null {
  return column === null ? null : readJson<string[]>(column);
}

/** Reads the `dialect_events` column. */
export function readDialectEvents(column: string | null): readonly string[] {
  return column === null ? [] : readJson<string[]>(column);
}
