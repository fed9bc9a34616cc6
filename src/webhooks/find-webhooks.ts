import { and, count, eq } from 'drizzle-orm';
import type { User } from '../auth/user.ts';
import { notFound } from '../error.ts';
import type { PageRange } from '../inbox/long-list.ts';
import type { StackContext } from '../store/open-stack.ts';
import { query, type RowsOf } from '../store/query.ts';
import { bringTotalsUpToDate } from './totals/add-up-totals.ts';
import type { KnownWebhook } from './webhook-warnings.ts';
import {
  type OwnedRow,
  reachableBy,
  selectWebhooks,
  toWebhook,
  w,
  type Webhook,
} from './webhook.ts';

/** Returns a page of the webhooks that `actor` may see, oldest first, and how many there are. */
export async function listWebhooks(
  ctx: StackContext,
  actor: User,
  { limit, offset }: PageRange,
): Promise<{ count: number; webhooks: Webhook[] }> {
  await bringTotalsUpToDate(ctx.db);
  const reachable = reachableBy(actor);
  const counting = query
    .select({ count: count().as('count') })
    .from(w)
    .where(reachable);
  const [totals, rows] = await ctx.db.batch<[RowsOf<typeof counting>, OwnedRow[]]>([
    counting,
    selectWebhooks(reachable).limit(limit).offset(offset),
  ]);
  return {
    count: totals[0]?.count ?? 0,
    webhooks: await Promise.all(rows.map((row) => toWebhook(ctx, row))),
  };
}

/** Returns a webhook. Throws `not_found` where there is none, or it is somebody else's. */
export async function retrieveWebhook(
  ctx: StackContext,
  actor: User,
  id: number,
): Promise<Webhook> {
  await bringTotalsUpToDate(ctx.db);
  return toWebhook(ctx, await findRow(ctx, actor, id));
}

/** Returns the webhooks that `actor` may see, for `webhookWarnings`: at most as many as there may be. */
export async function knownWebhooks(ctx: StackContext, actor: User): Promise<KnownWebhook[]> {
  return ctx.db.all(
    query.select({ id: w.id, url: w.url }).from(w).where(reachableBy(actor)).orderBy(w.id),
  );
}

/** Returns a webhook's row with its owner's columns. Throws as `retrieveWebhook` does. */
export async function findRow(ctx: StackContext, actor: User, id: number): Promise<OwnedRow> {
  const row = await ctx.db.first(selectWebhooks(and(eq(w.id, id), reachableBy(actor))));
  if (row === undefined) throw notFound();
  return row;
}
