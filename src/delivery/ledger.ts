import { sql, type SQL } from 'drizzle-orm';
import type { Receipt } from '../events/event.ts';
import { jsonChunks } from '../store/database.ts';
import { type DueRow, insertDue } from '../webhooks/delivery-rows.ts';
import type { Subscription } from '../webhooks/subscriptions.ts';
import type { LoggedAttempt } from '../webhooks/log/attempt-log.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { Delivery } from './event-item.ts';
import { type FailedWebhook, recordOutcomes } from './record-outcomes.ts';
import { markSlow } from './webhook-lease.ts';

/** What the deliveries of one event came to. */
interface EventEntry {
  seq: number;
  delivered: { delivery: Delivery; receipt: Receipt }[];
  due: DueRow[];
  attempts: LoggedAttempt[];
}

/**
 * What a run of deliveries came to, gathered to be written event by event: a row is written when an
 * outcome is known, and what succeeds at once needs none of its own.
 */
export class Ledger {
  readonly #events = new Map<number, EventEntry>();
  /** Webhooks that left the lane and of which that is not written yet. */
  readonly #news = new Map<number, FailedWebhook>();
  readonly #slow = new Set<number>();
  #hasGone = false;
  readonly #wakeAt = new Map<number, number>();

  /** A receiver has it, at the first try. */
  delivered(delivery: Delivery, { at, status, latency_ms }: AttemptRecord): void {
    const receipt = { webhook: delivery.subscription.id, status: status ?? 0, ms: latency_ms, at };
    this.#event(delivery.event.seq).delivered.push({ delivery, receipt });
  }

  /** An attempt failed, for a reason to be shown to the webhook's owner: it leaves the fast lane. */
  failed({ event, subscription }: Delivery, record: AttemptRecord, reason: string): void {
    const key = { webhook_id: subscription.id, seq: event.seq, number: 1, replay_id: null };
    this.#event(event.seq).attempts.push({ ...record, ...key });
    this.#learn(subscription, { error: reason });
  }

  /** The webhook wants no more deliveries. */
  gone(subscription: Subscription, reason: string): void {
    this.#hasGone = true;
    this.#learn(subscription, { disabledFor: reason });
  }

  /** The webhook leaves the fast lane. */
  slow(subscription: Subscription): void {
    this.#learn(subscription, {});
  }

  /** It goes to the slow lane, which is to look at the webhook at `wakeAt`, or, `dead`, nowhere any more. */
  put(row: DueRow, wakeAt = row.next_at): void {
    this.#event(row.seq).due.push(row);
    if (row.state !== 'due') return;
    const known = this.#wakeAt.get(row.webhook_id) ?? Infinity;
    this.#wakeAt.set(row.webhook_id, Math.min(known, wakeAt));
  }

  /** Whether a webhook was disabled. */
  get hasGone(): boolean {
    return this.#hasGone;
  }

  isSlow(webhookId: number): boolean {
    return this.#slow.has(webhookId);
  }

  /** The webhooks that the slow lane is to look at now, and when it is to look at another. */
  dueWork(now: number): { webhooks: number[]; nextAt: number | undefined } {
    const webhooks = [...this.#wakeAt].filter(([, at]) => at <= now).map(([id]) => id);
    const later = [...this.#wakeAt.values()].filter((at) => at > now);
    return { webhooks, nextAt: later.length === 0 ? undefined : Math.min(...later) };
  }

  /**
   * Takes out what is new of the webhooks and what belongs to some events, each delivery of which has
   * an outcome or a row. Returns the statements that write it and close the events; to write them twice
   * changes nothing more.
   */
  take(seqs: readonly number[], now: number): SQL[] {
    const entries = seqs.map((seq) => this.#event(seq));
    for (const seq of seqs) this.#events.delete(seq);
    const news = [...this.#news.values()];
    this.#news.clear();
    const delivered = entries.flatMap((entry) => entry.delivered.map(({ delivery }) => delivery));
    return [
      ...insertDue(entries.flatMap(({ due }) => due)),
      ...news.map(({ subscription }) => markSlow(subscription.id, now)),
      // A webhook's first failure is its last attempt in this lane, so the successes came before it.
      ...recordOutcomes(
        {
          delivered,
          recovered: recoveredOf(delivered),
          attempts: entries.flatMap(({ attempts }) => attempts),
          failed: news,
        },
        now,
      ),
      ...closeEvents(entries),
    ];
  }

  #event(seq: number): EventEntry {
    const entry = this.#events.get(seq) ?? { seq, delivered: [], due: [], attempts: [] };
    this.#events.set(seq, entry);
    return entry;
  }

  #learn(subscription: Subscription, learned: Omit<FailedWebhook, 'subscription'>): void {
    const { id } = subscription;
    this.#slow.add(id);
    this.#news.set(id, { ...this.#news.get(id), ...learned, subscription });
  }
}

function recoveredOf(delivered: readonly Delivery[]): number[] {
  const failing = delivered.filter(({ subscription }) => subscription.failingSince !== null);
  return [...new Set(failing.map(({ subscription }) => subscription.id))];
}

function closeEvents(entries: readonly EventEntry[]): SQL[] {
  const rows = entries.map(({ seq, delivered }) => ({
    seq,
    receipts: delivered.length === 0 ? null : delivered.map(({ receipt }) => receipt),
  }));
  return jsonChunks(rows).map(
    (list) => sql`
      update events set open = null, receipts = coalesce(
        (select value->>'receipts' from json_each(${list}) where value->>'seq' = events.seq), receipts)
      where seq in (select value->>'seq' from json_each(${list}))`,
  );
}
