import { sql } from 'drizzle-orm';
import type { User } from '../auth/user.ts';
import { notFound } from '../error.ts';
import type { PageRange } from '../inbox/long-list.ts';
import type { StackContext } from '../store/open-stack.ts';
import { bringTotalsUpToDate } from './totals/add-up-totals.ts';
import type { KnownWebhook } from './webhook-warnings.ts';
import { type OwnedRow, reachableBy, selectWebhooks, toWebhook, type Webhook } from './webhook.ts';

/** Returns a page of the webhooks that `actor` may see, oldest first, and how many there are. */
export async function listWebhooks(
  ctx: StackContext,
  actor: User,
  { limit, offset }: PageRange,
): Promise<{ count: number; webhooks: Webhook[] }> {
  await bringTotalsUpToDate(ctx.db);
  const reachable = reachableBy(actor);
  const [totals, rows] = await ctx.db.batch<[{ count: number }[], OwnedRow[]]>([
    sql`select count(*) as count from webhooks w where ${reachable}`,
    selectWebhooks(reachable, sql`limit ${limit} offset ${offset}`),
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
  return ctx.db.all<KnownWebhook>(
    sql`select w.id, w.url from webhooks w where ${reachableBy(actor)} order by w.id`,
  );
}

/** Returns a webhook's row with its owner's columns. Throws as `retrieveWebhook` does. */
export async function findRow(ctx: StackContext, actor: User, id: number): Promise<OwnedRow> {
  const row = await ctx.db.first<OwnedRow>(
    selectWebhooks(sql`w.id = ${id} and ${reachableBy(actor)}`),
  );
  if (row === undefined) throw notFound();
  return row;
}
