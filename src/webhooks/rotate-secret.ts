import { and, eq } from 'drizzle-orm';
import { seal } from '../auth/secret-box.ts';
import type { User } from '../auth/user.ts';
import { invalidField, WaypostError } from '../error.ts';
import type { StackContext } from '../store/open-stack.ts';
import { query } from '../store/query.ts';
import { webhooks } from '../store/schema.ts';
import { findRow } from './find-webhooks.ts';
import { openSealed } from './open-sealed.ts';

/** What a webhook is to be signed with from now on, and for how long as before, too. */
export interface Rotation {
  /** `whsec_…` */
  secret: string;
  graceSeconds: number;
}

/**
 * Gives a webhook another secret. The one before signs beside it for the grace; one that was before
 * that signs no more. Returns until when the one before signs (milliseconds), or null where it no
 * longer does. Throws `not_found` where `actor` may not reach the webhook, `invalid` where it has this
 * secret already, `conflict` where somebody else rotates at the same time.
 */
export async function rotateSecret(
  ctx: StackContext,
  actor: User,
  id: number,
  { secret, graceSeconds }: Rotation,
): Promise<number | null> {
  const row = await findRow(ctx, actor, id);
  // What was sealed under another SECRET_KEY can sign nothing, but is no reason to keep it.
  const current = await openSealed(ctx.config, row.secret).catch(() => null);
  // Asked twice, as when an answer was lost, the second time would end the grace of the real one before.
  if (current === secret) throw invalidField('secret', 'This is the secret that it has already.');
  const until = current === null || graceSeconds === 0 ? null : Date.now() + graceSeconds * 1000;
  const secrets = {
    secret: await seal(ctx.config, secret),
    old_secret: until === null ? null : row.secret,
    old_secret_until: until,
  };
  const isSame = and(eq(webhooks.id, id), eq(webhooks.secret, row.secret));
  const rotated = await ctx.db.run(query.update(webhooks).set(secrets).where(isSame));
  if (rotated === 0) {
    throw new WaypostError('conflict', 'The secret was changed at the same time: try again.');
  }
  return until;
}
