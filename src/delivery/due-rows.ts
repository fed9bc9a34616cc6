import { sql } from 'drizzle-orm';
import type { EventRow } from '../inbox/events.ts';
import { NEVER_MS } from '../inbox/webhooks/enablement.ts';
import type { Subscription } from '../inbox/webhooks/subscriptions.ts';
import { jsonList, type Database } from '../store/database.ts';
import { deliveriesOf, toDeliverable, type Delivery } from './event-item.ts';

/** How many deliveries of a webhook one run takes on. */
const MAX_PER_RUN = 10;

/** A due delivery that a run has taken on. */
export interface Claim {
  seq: number;
  attempts: number;
}

/** Takes on what is due of a webhook, oldest first; it is due again at `until` should the run die. */
export async function claimDue(
  db: Database,
  webhookId: number,
  now: number,
  until: number,
): Promise<Claim[]> {
  const claims = await db.all<Claim>(sql`
    update deliveries set next_at = ${until}
    where webhook_id = ${webhookId} and seq in (
      select seq from deliveries where webhook_id = ${webhookId} and state = 'due' and next_at <= ${now}
      order by seq limit ${MAX_PER_RUN}
    ) returning seq, attempts`);
  return claims.sort((a, b) => a.seq - b.seq);
}

/** Loads the events of claims, as deliveries by sequence number; what the webhook does not take is left out. */
export async function loadDeliveries(
  db: Database,
  claims: readonly Claim[],
  subscription: Subscription,
): Promise<Map<number, Delivery>> {
  const seqs = jsonList(claims.map(({ seq }) => seq));
  const rows = await db.all<EventRow>(sql`
    select * from events where seq in (select value from json_each(${seqs})) order by seq`);
  const deliveries = rows.flatMap((row) => deliveriesOf(toDeliverable(row), [subscription]));
  return new Map(deliveries.map((delivery) => [delivery.event.seq, delivery]));
}

/** Gives up a delivery that its webhook does not take any more. */
export async function dropRow(db: Database, webhookId: number, seq: number): Promise<void> {
  await db.run(
    sql`update deliveries set state = 'dropped' where webhook_id = ${webhookId} and seq = ${seq}`,
  );
}

/** Lets claims go, to be due at `nextAt`. */
export async function release(
  db: Database,
  webhookId: number,
  claims: readonly Claim[],
  nextAt: number,
): Promise<void> {
  if (claims.length === 0) return;
  const seqs = jsonList(claims.map(({ seq }) => seq));
  await db.run(sql`update deliveries set next_at = ${nextAt}
    where webhook_id = ${webhookId} and seq in (select value from json_each(${seqs})) and state = 'due'`);
}

/** Puts away the rows of a webhook that is disabled, until it is enabled, and those of one that is gone. */
export async function shelve(db: Database, webhookId: number): Promise<void> {
  await db.batch([
    sql`delete from deliveries where webhook_id = ${webhookId}
        and not exists (select 1 from webhooks where id = ${webhookId})`,
    sql`update deliveries set next_at = ${NEVER_MS} where webhook_id = ${webhookId} and state = 'due'
        and exists (select 1 from webhooks where id = ${webhookId} and is_enabled = 0)`,
  ]);
}

/** When the earliest delivery of a webhook is due (milliseconds); undefined where none is. */
export async function earliestDue(db: Database, webhookId: number): Promise<number | undefined> {
  const row = await db.first<{ next_at: number | null }>(sql`
    select min(next_at) as next_at from deliveries where webhook_id = ${webhookId} and state = 'due'`);
  return row?.next_at ?? undefined;
}
