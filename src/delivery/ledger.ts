import { sql, type SQL } from 'drizzle-orm';
import type { Subscription } from '../inbox/webhooks/subscriptions.ts';
import { jsonList } from '../store/database.ts';
import { FIRST_PAUSE_MS, markSlow } from './webhook-turn.ts';
import { disableWebhook } from './disable-webhook.ts';
import type { Delivery } from './event-item.ts';
import { markReceived } from './mark-received.ts';

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
  readonly #wakeAt = new Map<number, number>();
  readonly #gone = new Map<number, { subscription: Subscription; reason: string }>();
  readonly #slow = new Set<number>();

  /** A receiver has it. */
  delivered(delivery: Delivery): void {
    this.#delivered.push(delivery);
  }

  /** It goes to the slow lane, which is to look at the webhook at `wakeAt`, or, `dead`, nowhere any more. */
  put(row: DueRow, wakeAt = row.next_at): void {
    this.#due.push(row);
    if (row.state !== 'due') return;
    const known = this.#wakeAt.get(row.webhook_id) ?? Infinity;
    this.#wakeAt.set(row.webhook_id, Math.min(known, wakeAt));
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

  /** The webhooks that the slow lane is to look at now, and when it is to look at another. */
  leftover(now: number): { webhooks: number[]; nextAt: number | undefined } {
    const webhooks = [...this.#wakeAt].filter(([, at]) => at <= now).map(([id]) => id);
    const later = [...this.#wakeAt.values()].filter((at) => at > now);
    return { webhooks, nextAt: later.length === 0 ? undefined : Math.min(...later) };
  }

  /** The statements that write it all. */
  statements(now: number): SQL[] {
    return [
      ...markReceived(this.#delivered),
      ...this.#dueStatements(),
      ...this.#slowStatements(now),
      ...this.#goneStatements(),
    ];
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
      disableWebhook(subscription, reason),
    );
  }
}
