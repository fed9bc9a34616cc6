import type { QueueMessage } from '../config.ts';
import { logError } from '../log.ts';
import type { StackContext } from '../store/open-stack.ts';
import { deliveryDeps, type DeliveryDeps } from './delivery-deps.ts';
import { deliverEvents, PATIENCE_MS, type Leftover } from './fast-lane.ts';
import { deliverDue } from './slow-lane.ts';

/** What the consumer wakes above it, and what it needs from there. */
export interface ConsumerDeps {
  openStack(name: string): StackContext;
  /** Fetches an incoming file; returns when to try again (milliseconds), if at all. */
  fetchMedia(stack: StackContext, media: string): Promise<number | undefined>;
  /** Rings the slow lane for webhooks that have rows due now. */
  ringWebhooks(stack: string, webhooks: readonly number[]): Promise<void>;
  /** Tells the Stack object when something is due next (milliseconds). */
  reportDue(stack: string, nextAt: number): Promise<void>;
}

/** Messages that end together, and the work that they ring for. */
interface Job {
  stack: string;
  messages: readonly Message<QueueMessage>[];
  run(work: DeliveryDeps): Promise<Leftover>;
}

/** A failure of our own (storage away, say) is tried again after this; it is no attempt of a delivery. */
const RETRY_DELAY_S = 5;

/**
 * Works a batch of doorbells. Each message ends in exactly one of ack and retry: ack when all it rang
 * for has an outcome or a row, retry when we failed. Never throws.
 */
export async function consume(
  batch: MessageBatch<QueueMessage>,
  ctx: ExecutionContext,
  deps: ConsumerDeps,
): Promise<void> {
  await Promise.all(
    jobsOf(batch.messages, deps).map(async (job) => {
      try {
        const tell = (leftover: Leftover): Promise<void> => report(job.stack, leftover, deps);
        await tell(await job.run(deliveryDeps(deps.openStack(job.stack), ctx, tell)));
        for (const message of job.messages) message.ack();
      } catch (error) {
        logError('doorbell_failed', error, { stack: job.stack, queue: batch.queue });
        for (const message of job.messages) message.retry({ delaySeconds: RETRY_DELAY_S });
      }
    }),
  );
}

/** The events of a stack are one job, since they share their queries; everything else is one each. */
function jobsOf(messages: readonly Message<QueueMessage>[], deps: ConsumerDeps): Job[] {
  const events = messages.filter(({ body }) => body.kind === 'event');
  const eventJobs = [...Map.groupBy(events, ({ body }) => body.stack)].map(([stack, own]) => {
    const seqs = own.flatMap(({ body }) => (body.kind === 'event' ? body.seq : []));
    return {
      stack,
      messages: own,
      run: (work: DeliveryDeps) => deliverEvents([...new Set(seqs)], work),
    };
  });
  const others = messages.flatMap((message): Job[] => {
    const { body } = message;
    if (body.kind === 'event') return [];
    const run =
      body.kind === 'webhook'
        ? (work: DeliveryDeps) => deliverPatiently(body, work)
        : (work: DeliveryDeps) => fetchFile(body.media, work, deps);
    return [{ stack: body.stack, messages: [message], run }];
  });
  return [...eventJobs, ...others];
}

/**
 * Works a slow webhook off, but waits for it only so long: the batch's other webhooks and the batches
 * behind it go on. What takes longer reports for itself.
 */
async function deliverPatiently(
  { stack, webhook }: { stack: string; webhook: number },
  work: DeliveryDeps,
): Promise<Leftover> {
  const delivering = deliverDue(webhook, work);
  const inTime = await Promise.race([delivering, work.sleep(PATIENCE_MS)]);
  if (inTime !== undefined) return inTime;
  work.later(
    delivering
      .then((leftover) => work.report(leftover))
      .catch((error: unknown) => logError('slow_lane_failed', error, { stack, webhook })),
  );
  return { webhooks: [], nextAt: undefined };
}

async function fetchFile(media: string, work: DeliveryDeps, deps: ConsumerDeps): Promise<Leftover> {
  return { webhooks: [], nextAt: await deps.fetchMedia(work.stack, media) };
}

async function report(
  stack: string,
  { webhooks, nextAt }: Leftover,
  deps: ConsumerDeps,
): Promise<void> {
  if (webhooks.length > 0) await deps.ringWebhooks(stack, webhooks);
  if (nextAt !== undefined) await deps.reportDue(stack, nextAt);
}
