import { sql, type SQL } from 'drizzle-orm';
import { markDelivered } from '../inbox/chats/marks.ts';
import { missFromNow, NEVER_MS } from '../inbox/webhooks/enablement.ts';
import type { Subscription } from '../inbox/webhooks/subscriptions.ts';
import { jsonList } from '../store/database.ts';
import { FIRST_PAUSE_MS, markSlow } from './webhook-turn.ts';
import type { Delivery } from './event-item.ts';

/** A delivery that is to be attempted (again) by the slow lane. */
export interface DueRow {
  webhook_id: number;
  seq: number;
  state: 'due' | 'dead';
  attempts: number;
  /** Milliseconds. */
  next_at: number;
  last_error: string | null;
}

/**
 * What a run of deliveries came to, gathered to be written in one batch: a row is written when an
 * outcome is known, and what succeeds at once needs none of its own.
 */
export class Ledger {
  readonly #delivered: Delivery[] = [];
  readonly #due: DueRow[] = [];
  readonly #gone = new Map<number, { subscription: Subscription; reason: string }>();
  readonly #slow = new Set<number>();

  /** A receiver has it. */
  delivered(delivery: Delivery): void {
    this.#delivered.push(delivery);
  }

  /** It goes to the slow lane, or, `dead`, nowhere any more. */
  put(row: DueRow): void {
    this.#due.push(row);
  }

  /** The webhook leaves the fast lane. */
  slow(webhookId: number): void {
    this.#slow.add(webhookId);
  }

  /** The webhook wants no more deliveries. */
  gone(subscription: Subscription, reason: string): void {
    this.#gone.set(subscription.id, { subscription, reason });
  }

  isSlow(webhookId: number): boolean {
    return this.#slow.has(webhookId) || this.#gone.has(webhookId);
  }

  /** The webhooks that have rows to be attempted at once. */
  dueWebhooks(now: number): number[] {
    return [...new Set(this.#due.filter((row) => row.next_at <= now).map((row) => row.webhook_id))];
  }

  /** The earliest time at which a row of this ledger is due, in milliseconds. */
  get nextAt(): number | undefined {
    const times = this.#due.filter((row) => row.state === 'due').map((row) => row.next_at);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** The statements that write it all. */
  statements(now: number): SQL[] {
    return [
      ...this.#markStatements(),
      ...this.#dueStatements(),
      ...this.#slowStatements(now),
      ...this.#goneStatements(),
    ];
  }

  /** A delivered message is received by the webhook's user (spec: "Messages marked as received"). */
  #markStatements(): SQL[] {
    const pairs = this.#delivered
      .filter(({ event }) => event.hasIncoming)
      .map(({ event, subscription }) => ({
        user_id: subscription.userId,
        message_ids: [...event.incoming],
      }));
    return pairs.length === 0 ? [] : [markDelivered(pairs)];
  }

  #dueStatements(): SQL[] {
    if (this.#due.length === 0) return [];
    return [
      sql`insert into deliveries (webhook_id, seq, state, attempts, next_at, last_error)
        select value->>'webhook_id', value->>'seq', value->>'state', value->>'attempts', value->>'next_at',
          value->>'last_error'
        from json_each(${jsonList(this.#due)})
        where value->>'webhook_id' in (select id from webhooks)
        on conflict (webhook_id, seq) do nothing`,
    ];
  }

  #slowStatements(now: number): SQL[] {
    return this.#slow.size === 0 ? [] : [markSlow([...this.#slow], now, now + FIRST_PAUSE_MS)];
  }

  #goneStatements(): SQL[] {
    return [...this.#gone.values()].flatMap(({ subscription, reason }) =>
      disable(subscription, reason),
    );
  }
}

/** Disables a webhook, unless it has been given another URL meanwhile, and keeps what it has not got. */
export function disable({ id, url }: Pick<Subscription, 'id' | 'url'>, reason: string): SQL[] {
  return [
    sql`update webhooks set is_enabled = 0, disabled_reason = ${reason}, ${missFromNow()} where id = ${id} and url = ${url}`,
    sql`update deliveries set next_at = ${NEVER_MS} where webhook_id = ${id} and state = 'due'
        and exists (select 1 from webhooks where id = ${id} and is_enabled = 0)`,
  ];
}
