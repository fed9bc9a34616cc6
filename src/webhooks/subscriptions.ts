import type { DialectInterest, Interest } from '../events/audience.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { Role, Scope, User } from '../auth/user.ts';
import { notFound } from '../error.ts';
import { logError } from '../log.ts';
import { readJson } from '../store/database.ts';
import type { StackContext } from '../store/open-stack.ts';
import { openAppSecret, openDialectKey, openHeaders, openSecrets } from './open-sealed.ts';
import {
  parseFields,
  readDialectEvents,
  type RateLimit,
  rateLimitOf,
  reachableBy,
  type ScheduleName,
  type WebhookRow,
} from './webhook.ts';

/** A webhook as delivery needs it: where to, what of, and what its user may see. */
export interface Subscription extends Interest {
  username: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  /** `whsec_…`, the newest first: the one before signs too until its grace is over. */
  secrets: readonly string[];
  /** Signs `on_cloud_api` bodies as Meta does; null where it has none. */
  appSecret: string | null;
  /** The credential that its dialect sends; null where there is none. */
  dialectKey: string | null;
  schedule: ScheduleName;
  ordering: WebhookRow['ordering'];
  /** At most so many attempts in so many milliseconds; null for no limit. */
  rateLimit: RateLimit | null;
  /** The `rate_window` column. */
  rateWindow: string | null;
  /** Milliseconds; when it left the fast lane, null while it answers. */
  slowSince: number | null;
  /** Milliseconds; the slow lane does not take it up before. */
  probeAt: number | null;
  /** Milliseconds; until then somebody has its turn in the slow lane. */
  leaseUntil: number | null;
  /** Milliseconds; when its breaker opened, null while it is closed. */
  breakerOpenedAt: number | null;
  /** Milliseconds; when its breaker closed the last time. */
  breakerClosedAt: number | null;
  /** Milliseconds; since when it has answered with nothing but failures, null while it does not. */
  failingSince: number | null;
  /** Its headers or secrets cannot be opened now, so that it cannot be called. */
  isUnreadable: boolean;
}

/** A row of `selectEnabled`. */
export type SubscriptionRow = WebhookRow & {
  username: string;
  role: Role;
  is_active: number;
  can_read_chats: Scope;
  group_ids: string;
  own_number: string | null;
};

/** The query of the stack's enabled webhooks, by id, for `openSubscriptions`. */
export function selectEnabled(): SQL {
  return selectSubscriptions(sql`w.is_enabled = 1`);
}

/**
 * Makes webhooks ready to deliver to; decrypts only what this isolate has not opened before. One whose
 * headers or secret cannot be opened (after a change of SECRET_KEY) is logged and said to be
 * unreadable: it cannot be called, and misses nothing. `now` (milliseconds) decides which secrets
 * still sign.
 */
export function openSubscriptions(
  ctx: StackContext,
  rows: readonly SubscriptionRow[],
  now: number,
): Promise<Subscription[]> {
  return Promise.all(rows.map((row) => openSubscription(ctx, row, now)));
}

/** Returns the stack's enabled webhooks by id, ready to deliver to at `now` (milliseconds): one query. */
export async function loadSubscriptions(
  ctx: StackContext,
  now: number = Date.now(),
): Promise<Subscription[]> {
  return openSubscriptions(ctx, await ctx.db.all(selectEnabled()), now);
}

/**
 * Returns what a webhook is interested in, enabled or not, for whoever may see the webhook. Throws
 * `not_found` where there is none or it is somebody else's.
 */
export async function findInterest(ctx: StackContext, actor: User, id: number): Promise<Interest> {
  const row = await ctx.db.first<SubscriptionRow>(
    selectSubscriptions(sql`w.id = ${id} and ${reachableBy(actor)}`),
  );
  if (row === undefined) throw notFound();
  return flagsOf(row);
}

function selectSubscriptions(where: SQL): SQL {
  return sql`
    select w.*, u.username, u.role, u.is_active, u.can_read_chats, (
      select json_group_array(g.group_id) from user_groups g where g.user_id = u.id
    ) as group_ids,
    case when w.dialect != 'getchat' then (select phone_number from business_profile) end as own_number
    from webhooks w join users u on u.id = w.user_id
    where ${where} order by w.id`;
}

async function openSubscription(
  ctx: StackContext,
  row: SubscriptionRow,
  now: number,
): Promise<Subscription> {
  const flags = flagsOf(row);
  try {
    return {
      ...flags,
      headers: await openHeaders(ctx.config, row.headers),
      secrets: await openSecrets(ctx.config, row, now),
      appSecret: await openAppSecret(ctx.config, row),
      dialectKey: await openDialectKey(ctx.config, row),
    };
  } catch (error) {
    logError('webhook_unreadable', error, { stack: ctx.config.name, webhook: row.id });
    const nothing = { headers: {}, secrets: [], appSecret: null, dialectKey: null };
    return { ...flags, ...nothing, isUnreadable: true };
  }
}

type Sealed = 'headers' | 'secrets' | 'appSecret' | 'dialectKey';

function flagsOf(row: SubscriptionRow): Omit<Subscription, Sealed> {
  return {
    id: row.id,
    userId: row.user_id,
    username: row.username,
    isAdmin: row.role === 'admin',
    isOwnerActive: row.is_active === 1,
    canReadChats: row.can_read_chats,
    groupIds: readJson(row.group_ids),
    url: row.url,
    schedule: row.schedule,
    ordering: row.ordering,
    rateLimit: rateLimitOf(row),
    rateWindow: row.rate_window,
    onIncomingMessage: row.on_incoming_message === 1,
    onOutgoingMessage: row.on_outgoing_message === 1,
    onAssigned: row.on_assigned === 1,
    onCloudApi: row.on_cloud_api === 1,
    onWebhookDisabled: row.on_webhook_disabled === 1,
    fields: parseFields(row.fields),
    sinceSeq: row.since_seq,
    dialect: dialectInterestOf(row),
    slowSince: row.slow_since,
    probeAt: row.probe_at,
    leaseUntil: row.turn_until,
    breakerOpenedAt: row.breaker_opened_at,
    breakerClosedAt: row.breaker_closed_at,
    failingSince: row.failing_since,
    isUnreadable: false,
  };
}

/** What a webhook of another dialect takes; null for one of the first. */
export function dialectInterestOf({
  dialect,
  ...row
}: Pick<
  SubscriptionRow,
  'dialect' | 'dialect_events' | 'dialect_ref' | 'own_number'
>): DialectInterest | null {
  if (dialect === 'getchat') return null;
  const events = readDialectEvents(row.dialect_events);
  return { name: dialect, events, ref: row.dialect_ref, ownNumber: row.own_number };
}
