import type { User } from '../auth/user.ts';
import { WaypostError } from '../error.ts';
import type { DialectInterest } from '../events/audience.ts';
import type { StackContext } from '../store/open-stack.ts';
import { findRow } from './find-webhooks.ts';
import { openAppSecret, openDialectKey, openHeaders, openSecrets } from './open-sealed.ts';
import { dialectInterestOf } from './subscriptions.ts';

/** Where to send what, and what to sign it with. */
export interface WebhookTarget {
  id: number;
  url: string;
  headers: Record<string, string>;
  /** `whsec_…`, the newest first. */
  secrets: readonly string[];
  /** Signs `on_cloud_api` bodies as Meta does; null where it has none. */
  appSecret: string | null;
  onCloudApi: boolean;
  userId: number;
  dialect: DialectInterest | null;
  dialectKey: string | null;
}

/**
 * Returns what a request to a webhook is made of, for whoever may change the webhook. Throws
 * `not_found` where there is none or it is somebody else's, and `invalid` where its headers or secret
 * cannot be decrypted.
 */
export async function findTarget(
  ctx: StackContext,
  actor: User,
  id: number,
): Promise<WebhookTarget> {
  const row = await findRow(ctx, actor, id);
  try {
    return {
      id,
      url: row.url,
      headers: await openHeaders(ctx.config, row.headers),
      secrets: await openSecrets(ctx.config, row, Date.now()),
      appSecret: await openAppSecret(ctx.config, row),
      onCloudApi: row.on_cloud_api === 1,
      userId: row.user_id,
      dialect: dialectInterestOf({ ...row, own_number: null }),
      dialectKey: await openDialectKey(ctx.config, row),
    };
  } catch (cause) {
    throw new WaypostError('invalid', UNREADABLE, { cause });
  }
}

/** What can be done about a webhook that was stored under another SECRET_KEY. */
export const UNREADABLE =
  'Its headers and secret cannot be decrypted, as after a change of SECRET_KEY: delete it and make it again.';
