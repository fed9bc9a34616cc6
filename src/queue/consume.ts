import type { QueueMessage } from '../bindings.ts';
import { logError } from '../log.ts';
import { isStorageAway } from '../store/is-storage-away.ts';
import type { StackContext } from '../store/open-stack.ts';
import { consumeDead, isDeadLetterQueue } from './consume-dead.ts';
import { dispatch } from './dispatch.ts';
import { deliveryDeps, type DeliveryDeps, type DialectDeps } from '../delivery/delivery-deps.ts';
import { deliverEvents, type DeliveredEvents } from '../delivery/fast-lane.ts';
import type { DueWork } from '../delivery/report-due-work.ts';
import { MAX_RUN_MS } from '../delivery/fast-run.ts';
import type { DeliveryBells } from '../delivery/report-due-work.ts';
import { TAKEN_MS } from '../delivery/take-events.ts';

/** What the consumer needs of the Worker that it runs in. */
export interface ConsumerDeps extends DeliveryBells, DialectDeps {
  openStack(name: string): StackContext;
}

/** Messages that end together, and the work that they ring for. */
interface Job {
  stack: string;
  messages: readonly Message<QueueMessage>[];
  run(work: DeliveryDeps): Promise<DueWork | DeliveredEvents>;
}

/** Jobs that are done in turn, beside other lines. */
type Line = readonly Job[];

/**
 * Of an invocation's six connections (Workers limits) a line of events has one to write with; the
 * attempts of all lines share four.
 */
const MAX_EVENT_LINES = 2;
const MAX_IN_FLIGHT = 4;

/** Somebody else's events are looked at again when that one is done, or has died. */
const ELSEWHERE_DELAY_S = Math.ceil(TAKEN_MS / 1_000);

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
  if (isDeadLetterQueue(batch.queue)) {
    await consumeDead(batch.messages, {
      openStack: (name) => deps.openStack(name),
      run: async (message) => void (await perform(jobOf(message), ctx, deps)),
      now: () => Date.now(),
    });
    return;
  }
  const events = eventLines(batch.messages.filter(({ body }) => body.kind === 'event'));
  const others = batch.messages.filter(({ body }) => body.kind !== 'event');
  const lines = [...events, ...others.map((message): Line => [jobOf(message)])];
  const maxInFlight = Math.floor(MAX_IN_FLIGHT / Math.max(events.length, 1));
  await Promise.all(
    lines.map(async (jobs) => {
      for (const job of jobs) await finish(job, ctx, deps, maxInFlight);
    }),
  );
}

/**
 * Works a job and ends its messages. Where several fail together they are tried one by one, so that one
 * that cannot be worked takes no other with it; not where storage is away, which would fail each of them.
 */
async function finish(
  job: Job,
  ctx: ExecutionContext,
  deps: ConsumerDeps,
  maxInFlight: number,
): Promise<void> {
  try {
    const elsewhere = await perform(job, ctx, deps, maxInFlight);
    for (const message of job.messages) {
      const { body } = message;
      const isElsewhere = body.kind === 'event' && elsewhere.has(body.seq);
      if (isElsewhere) message.retry({ delaySeconds: ELSEWHERE_DELAY_S });
      else message.ack();
    }
  } catch (error) {
    const { length: count } = job.messages;
    logError('doorbell_failed', error, { stack: job.stack, count });
    if (count > 1 && !isStorageAway(error)) {
      for (const message of job.messages) await finish(jobOf(message), ctx, deps, maxInFlight);
    } else {
      for (const message of job.messages) message.retry({ delaySeconds: RETRY_DELAY_S });
    }
  }
}

/** Does a job; returns which of its events somebody else is just delivering. */
async function perform(
  job: Job,
  ctx: ExecutionContext,
  deps: ConsumerDeps,
  maxInFlight = MAX_IN_FLIGHT,
): Promise<ReadonlySet<number>> {
  const bounds = { maxInFlight, maxRunMs: MAX_RUN_MS };
  const work = deliveryDeps(deps.openStack(job.stack), ctx, deps, bounds);
  const dueWork = await job.run(work);
  await work.report(dueWork);
  return 'elsewhere' in dueWork ? dueWork.elsewhere : new Set();
}

/**
 * Events by lines. Those of a stack are one job, since they share their queries; those that failed before
 * are one of their own, or a faulty one would take new ones with it at each of its repetitions. Stacks
 * share the lines.
 */
function eventLines(messages: readonly Message<QueueMessage>[]): Line[] {
  const byStack = [...Map.groupBy(messages, ({ body }) => body.stack)].map(([stack, own]) =>
    [...Map.groupBy(own, ({ attempts }) => attempts > 1).values()].map((group) =>
      eventJob(stack, group),
    ),
  );
  const lines = Map.groupBy(byStack.entries(), ([index]) => index % MAX_EVENT_LINES);
  return [...lines.values()].map((entries) => entries.flatMap(([, jobs]) => jobs));
}

function eventJob(stack: string, messages: readonly Message<QueueMessage>[]): Job {
  const seqs = messages.flatMap(({ body }) => (body.kind === 'event' ? body.seq : []));
  return { stack, messages, run: (work) => deliverEvents([...new Set(seqs)], work) };
}

/** The job of one message. */
function jobOf(message: Message<QueueMessage>): Job {
  const { body } = message;
  return { stack: body.stack, messages: [message], run: (work) => dispatch(body, work) };
}
