import type { QueueMessage } from '../config.ts';
import { logError } from '../log.ts';
import { deliveryDeps, type DeliveryDeps } from './delivery-deps.ts';
import { deliverEvents, type Leftover } from './fast-lane.ts';
import { deliverDue } from './slow-lane.ts';

/** What the consumer wakes above it, and what it needs from there. */
export interface ConsumerDeps {
  openStack(name: string): DeliveryDeps['stack'];
  /** Fetches an incoming file; returns when to try again (milliseconds), if at all. */
  fetchMedia(stack: DeliveryDeps['stack'], media: string): Promise<number | undefined>;
  /** Rings the slow lane for webhooks that have rows due now. */
  ringDue(stack: string, webhooks: readonly number[]): Promise<void>;
  /** Tells the Stack object when something is due next (milliseconds). */
  reportDue(stack: string, nextAt: number): Promise<void>;
}

/** A failure of our own (storage away, say) is tried again after this; it is no attempt of a delivery. */
const RETRY_DELAY_S = 5;

/**
 * Works a batch of doorbells, each stack's by itself. Each message ends in exactly one of ack and
 * retry: ack when all it rang for has an outcome or a row, retry when we failed. Never throws.
 */
export async function consume(
  batch: MessageBatch<QueueMessage>,
  ctx: ExecutionContext,
  deps: ConsumerDeps,
): Promise<void> {
  const byStack = Map.groupBy(batch.messages, (message) => message.body.stack);
  await Promise.all(
    [...byStack].map(async ([stack, messages]) => {
      try {
        const work = deliveryDeps(deps.openStack(stack), ctx);
        const leftover = await workOff(
          messages.map((message) => message.body),
          work,
          deps,
        );
        await reportLeftover(stack, leftover, deps);
        for (const message of messages) message.ack();
      } catch (error) {
        logError('doorbell_failed', error, { stack, queue: batch.queue });
        for (const message of messages) message.retry({ delaySeconds: RETRY_DELAY_S });
      }
    }),
  );
}

async function workOff(
  messages: readonly QueueMessage[],
  work: DeliveryDeps,
  deps: ConsumerDeps,
): Promise<Leftover[]> {
  const seqs = messages.flatMap((message) => (message.kind === 'event' ? message.seq : []));
  const leftover = seqs.length > 0 ? [await deliverEvents([...new Set(seqs)], work)] : [];
  for (const message of messages) {
    if (message.kind === 'webhook') leftover.push(await deliverDue(message.webhook, work));
    if (message.kind === 'media') {
      leftover.push({ webhooks: [], nextAt: await deps.fetchMedia(work.stack, message.media) });
    }
  }
  return leftover;
}

async function reportLeftover(
  stack: string,
  leftovers: readonly Leftover[],
  deps: ConsumerDeps,
): Promise<void> {
  const webhooks = [...new Set(leftovers.flatMap((leftover) => leftover.webhooks))];
  if (webhooks.length > 0) await deps.ringDue(stack, webhooks);
  const times = leftovers.flatMap((leftover) => leftover.nextAt ?? []);
  if (times.length > 0) await deps.reportDue(stack, Math.min(...times));
}
