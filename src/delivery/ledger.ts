import { sql, type SQL } from 'drizzle-orm';
import type { Receipt } from '../inbox/events.ts';
import { joinQueue } from '../inbox/webhooks/chat-queue.ts';
import type { Subscription } from '../inbox/webhooks/subscriptions.ts';
import { jsonChunks, jsonList } from '../store/database.ts';
import { logAttempts, type LoggedAttempt } from './attempt-log.ts';
import type { AttemptRecord } from './attempt-record.ts';
import { disableWebhook } from './disable-webhook.ts';
import type { DueRow } from './due-row.ts';
import type { Delivery } from './event-item.ts';
import { markReceived } from './mark-received.ts';
import { noteFailure, noteSuccess } from './webhook-health.ts';
import { markSlow } from './webhook-turn.ts';

/**
 * What a run of deliveries came to, gathered to be written in one batch: a row is written when an
 * outcome is known, and what succeeds at once needs none of its own.
 */
export class Ledger {
  readonly #delivered: { delivery: Delivery; receipt: Receipt }[] = [];
  readonly #due: DueRow[] = [];
  readonly #attempts: LoggedAttempt[] = [];
  readonly #errors = new Map<number, string>();
  readonly #wakeAt = new Map<number, number>();
  readonly #gone = new Map<number, { subscription: Subscription; reason: string }>();
  readonly #slow = new Set<number>();

  /** A receiver has it, at the first try. */
  delivered(delivery: Delivery, { at, status, latency_ms }: AttemptRecord): void {
    const receipt = { webhook: delivery.subscription.id, status: status ?? 0, ms: latency_ms, at };
    this.#delivered.push({ delivery, receipt });
  }

  /** An attempt failed, for a reason to be shown to the webhook's owner. */
  failed({ event, subscription }: Delivery, record: AttemptRecord, reason: string): void {
    const key = { webhook_id: subscription.id, seq: event.seq };
    this.#attempts.push({ ...key, ...record, number: 1, replay_id: null });
    this.#errors.set(subscription.id, reason);
    this.#slow.add(subscription.id);
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

  /** Whether a webhook was disabled. */
  get hasGone(): boolean {
    return this.#gone.size > 0;
  }

  /** The webhooks that the slow lane is to look at now, and when it is to look at another. */
  leftover(now: number): { webhooks: number[]; nextAt: number | undefined } {
    const webhooks = [...this.#wakeAt].filter(([, at]) => at <= now).map(([id]) => id);
    const later = [...this.#wakeAt.values()].filter((at) => at > now);
    return { webhooks, nextAt: later.length === 0 ? undefined : Math.min(...later) };
  }

  /** The statements that write it all and close the events; writing them twice changes nothing more. */
  statements(closed: readonly number[], now: number): SQL[] {
    return [
      ...markReceived(this.#delivered.map(({ delivery }) => delivery)),
      ...this.#dueStatements(),
      ...logAttempts(this.#attempts),
      ...(this.#slow.size === 0 ? [] : [markSlow([...this.#slow], now, now)]),
      ...this.#healthStatements(now),
      ...[...this.#gone.values()].flatMap(({ subscription, reason }) =>
        disableWebhook(subscription, reason, now),
      ),
      ...this.#closeStatements(closed),
    ];
  }

  #dueStatements(): SQL[] {
    if (this.#due.length === 0) return [];
    return [
      sql`insert into deliveries (webhook_id, seq, state, attempts, next_at, last_error, attempted_at, status,
          error, latency_ms)
        select value->>'webhook_id', value->>'seq', value->>'state', value->>'attempts', value->>'next_at',
          value->>'last_error', value->>'attempted_at', value->>'status', value->>'error', value->>'latency_ms'
        from json_each(${jsonList(this.#due)})
        where value->>'webhook_id' in (select id from webhooks)
        on conflict (webhook_id, seq) do nothing`,
      ...joinQueue(this.#due.map(({ webhook_id, seq }) => ({ webhook_id, seq }))),
    ];
  }

  #healthStatements(now: number): SQL[] {
    const recovered = this.#delivered
      .map(({ delivery }) => delivery.subscription)
      .filter(({ failingSince }) => failingSince !== null);
    // A webhook's first failure is its last attempt in this lane, so the successes came before it.
    return [
      ...[...new Set(recovered.map(({ id }) => id))].map(noteSuccess),
      ...[...this.#errors].map(([id, reason]) => noteFailure(id, reason, now)),
    ];
  }

  #closeStatements(closed: readonly number[]): SQL[] {
    const receipts = Map.groupBy(this.#delivered, ({ delivery }) => delivery.event.seq);
    const rows = closed.map((seq) => ({
      seq,
      receipts: receipts.get(seq)?.map(({ receipt }) => receipt) ?? null,
    }));
    return jsonChunks(rows).map(
      (list) => sql`
        update events set open = null, receipts = coalesce(
          (select value->>'receipts' from json_each(${list}) where value->>'seq' = events.seq), receipts)
        where seq in (select value->>'seq' from json_each(${list}))`,
    );
  }
}
