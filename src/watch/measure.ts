import { sql } from 'drizzle-orm';
import type { Database } from '../store/database.ts';
import { LATENCY_BUCKETS, type TotalsRow } from '../webhooks/totals/add-up-totals.ts';
import { countBehindBreakers } from './behind-breakers.ts';
import { countUpTo, selectOldestDue } from './overdue.ts';

/** How one webhook fares. */
export interface WebhookMeasures extends TotalsRow {
  is_enabled: number;
  /** 1 while its breaker is open. */
  is_broken: number;
  /** How many of its deliveries are pending, counted up to `MAX_COUNTED`; 0 for a disabled one. */
  pending: number;
}

/** What lies waiting in the stack, each counted up to `MAX_COUNTED`. */
export interface StackMeasures {
  /** Milliseconds; null where nothing waits. */
  due_at: number | null;
  events_open: number;
  outbox_depth: number;
  /** 1 while WhatsApp takes no message of the account's. */
  outbox_paused: number;
  dead_letters: number;
  /** Deliveries of enabled webhooks whose breaker is open. */
  behind_breakers: number;
}

export interface Measures {
  stack: StackMeasures;
  webhooks: WebhookMeasures[];
}

const TOTALS = ['delivered', 'failed', 'latency_ms', ...LATENCY_BUCKETS.map(([column]) => column)];

/** Reads what the metrics say, in one round trip. The totals are those that were added up so far. */
export async function measure(db: Database): Promise<Measures> {
  const totals = sql.raw(TOTALS.map((column) => `coalesce(t.${column}, 0) as ${column}`).join());
  const [webhooks, [stack]] = await db.batch<[WebhookMeasures[], StackMeasures[]]>([
    sql`select w.id as webhook_id, w.is_enabled, w.breaker_opened_at is not null as is_broken,
          iif(w.is_enabled = 1, ${countUpTo(sql`from deliveries where webhook_id = w.id and state = 'due'`)}, 0)
            as pending, ${totals}
        from webhooks w left join webhook_totals t on t.webhook_id = w.id order by w.id`,
    sql`select (${selectOldestDue()}) as due_at,
          ${countUpTo(sql`from events where open = 1`)} as events_open,
          ${countUpTo(sql`from outbox`)} as outbox_depth,
          exists (select 1 from outbox_pause) as outbox_paused,
          ${countUpTo(sql`from dead_letters`)} as dead_letters,
          ${countBehindBreakers()} as behind_breakers`,
  ]);
  if (stack === undefined) throw new Error('A select without a table gives one row.');
  return { stack, webhooks };
}
