import { sql } from 'drizzle-orm';
import type { Scope } from '../../auth/user.ts';
import { logError } from '../../log.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { openHeaders, openSealed } from './open-sealed.ts';
import { parseFields, type WebhookRow } from './webhook.ts';

/** A webhook as delivery needs it: where to, what of, and what its user may see. */
export interface Subscription {
  id: number;
  userId: number;
  /** A user who was deactivated is told nothing more. */
  isOwnerActive: boolean;
  canReadChats: Scope;
  groupIds: readonly number[];
  url: string;
  headers: Readonly<Record<string, string>>;
  /** `whsec_…` */
  secret: string;
  onIncomingMessage: boolean;
  onOutgoingMessage: boolean;
  onAssigned: boolean;
  onCloudApi: boolean;
  /** Which kinds of WABA's events `onCloudApi` takes; null takes all. */
  fields: readonly string[] | null;
  /** It gets events with a higher sequence number only. */
  sinceSeq: number;
  /** Milliseconds; when it left the fast lane, null while it answers. */
  slowSince: number | null;
}

type SubscriptionRow = WebhookRow & { is_active: number; can_read_chats: Scope; group_ids: string };

/**
 * Returns the stack's enabled webhooks by id, ready to deliver to: one query, and decryption only of
 * what this isolate has not opened before. A webhook whose headers or secret cannot be opened (after a
 * change of SECRET_KEY) is logged and left out: without them its receiver would refuse every request.
 */
export async function loadSubscriptions(ctx: StackContext): Promise<Subscription[]> {
  const rows = await ctx.db.all<SubscriptionRow>(sql`
    select w.*, u.is_active, u.can_read_chats, (
      select json_group_array(g.group_id) from user_groups g where g.user_id = u.id
    ) as group_ids
    from webhooks w join users u on u.id = w.user_id
    where w.is_enabled = 1 order by w.id`);
  const subscriptions = await Promise.all(rows.map((row) => openSubscription(ctx, row)));
  return subscriptions.flatMap((subscription) => subscription ?? []);
}

async function openSubscription(
  ctx: StackContext,
  row: SubscriptionRow,
): Promise<Subscription | undefined> {
  try {
    return {
      ...flagsOf(row),
      headers: await openHeaders(ctx.config, row.headers),
      secret: await openSealed(ctx.config, row.secret),
    };
  } catch (error) {
    logError('webhook_unreadable', error, { stack: ctx.config.name, webhook: row.id });
    return undefined;
  }
}

function flagsOf(row: SubscriptionRow): Omit<Subscription, 'headers' | 'secret'> {
  const groupIds: number[] = JSON.parse(row.group_ids);
  return {
    id: row.id,
    userId: row.user_id,
    isOwnerActive: row.is_active === 1,
    canReadChats: row.can_read_chats,
    groupIds,
    url: row.url,
    onIncomingMessage: row.on_incoming_message === 1,
    onOutgoingMessage: row.on_outgoing_message === 1,
    onAssigned: row.on_assigned === 1,
    onCloudApi: row.on_cloud_api === 1,
    fields: parseFields(row.fields),
    sinceSeq: row.since_seq,
    slowSince: row.slow_since,
  };
}
