import type { QueueMessage } from '../bindings.ts';
import { logError } from '../log.ts';
import { isStorageAway } from '../store/is-storage-away.ts';
import type { StackContext } from '../store/open-stack.ts';
import { consumeDead, DEAD_LETTER_QUEUE } from './consume-dead.ts';
import { deliveryDeps, type DeliveryDeps } from '../delivery/delivery-deps.ts';
import { deliverEvents, type EventsLeftover, type Leftover } from '../delivery/fast-lane.ts';
import { MAX_RUN_MS, PATIENCE_MS } from '../delivery/fast-run.ts';
import { stepReplay } from '../delivery/replay-step.ts';
import type { DeliveryBells } from '../delivery/report-leftover.ts';
import { deliverDue } from '../delivery/slow-lane.ts';
import { TAKEN_MS } from '../delivery/take-events.ts';

/** What the consumer wakes above it, and what it needs from there. */
export interface ConsumerDeps extends DeliveryBells {
  openStack(name: string): StackContext;
  /** Fetches an incoming file; returns when to try again (milliseconds), if at all. */
  fetchMedia(stack: StackContext, media: string): Promise<number | undefined>;
  /** Tells phones of the messages in an event. */
  pushEvent(stack: StackContext, seq: number): Promise<void>;
  /** Fetches from WABA what is due, for about `budgetMs`; what is left is found due again. Never rejects. */
  workRefreshes(stack: StackContext, budgetMs: number): Promise<void>;
}

/** Messages that end together, and the work that they ring for. */
interface Job {
  stack: string;
  messages: readonly Message<QueueMessage>[];
  run(work: DeliveryDeps): Promise<Leftover | EventsLeftover>;
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

/**
 * How long one bell fetches from WABA: with a request that is then under way it ends within the half minute
 * that an invocation has after its batch. The next bell goes on.
 */
const REFRESH_BUDGET_MS = 15_000;

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
  if (batch.queue === DEAD_LETTER_QUEUE) {
    await consumeDead(batch.messages, {
      openStack: (name) => deps.openStack(name),
      run: async (message) => void (await perform(jobOf(message, deps), ctx, deps)),
      now: () => Date.now(),
    });
    return;
  }
  const events = eventLines(batch.messages.filter(({ body }) => body.kind === 'event'));
  const others = batch.messages.filter(({ body }) => body.kind !== 'event');
  const lines = [...events, ...others.map((message): Line => [jobOf(message, deps)])];
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
      for (const message of job.messages)
        await finish(jobOf(message, deps), ctx, deps, maxInFlight);
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
  const leftover = await job.run(work);
  await work.report(leftover);
  return 'elsewhere' in leftover ? leftover.elsewhere : new Set();
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
function jobOf(message: Message<QueueMessage>, deps: ConsumerDeps): Job {
  const { body } = message;
  const { stack } = body;
  const messages = [message];
  switch (body.kind) {
    case 'event':
      return eventJob(stack, messages);
    case 'webhook':
      return {
        stack,
        messages,
        run: (work) => patiently(deliverDue(body.webhook, work), work, body),
      };
    case 'media':
      return { stack, messages, run: (work) => fetchFile(body.media, work, deps) };
    case 'push':
      return { stack, messages, run: (work) => tellPhones(body.event, work, deps) };
    case 'replay':
      return { stack, messages, run: (work) => stepReplay(body.replay, work) };
    case 'refresh':
      return { stack, messages, run: (work) => patiently(refresh(work, deps), work, body) };
  }
}

/**
 * Waits only so long for a slow webhook to be worked off, or for WABA: the batch's other doorbells and the
 * batches behind it go on. What takes longer reports for itself.
 */
async function patiently(
  working: Promise<Leftover>,
  work: DeliveryDeps,
  { stack, kind }: QueueMessage,
): Promise<Leftover> {
  const inTime = await Promise.race([working, work.sleep(PATIENCE_MS)]);
  if (inTime !== undefined) return inTime;
  work.later(
    working
      .then((leftover) => work.report(leftover))
      .catch((error: unknown) => logError('late_work_failed', error, { stack, kind })),
  );
  return { webhooks: [], nextAt: undefined };
}

async function refresh(work: DeliveryDeps, deps: ConsumerDeps): Promise<Leftover> {
  await deps.workRefreshes(work.stack, REFRESH_BUDGET_MS);
  return { webhooks: [], nextAt: undefined };
}

async function fetchFile(media: string, work: DeliveryDeps, deps: ConsumerDeps): Promise<Leftover> {
  return { webhooks: [], nextAt: await deps.fetchMedia(work.stack, media) };
}

async function tellPhones(seq: number, work: DeliveryDeps, deps: ConsumerDeps): Promise<Leftover> {
  await deps.pushEvent(work.stack, seq);
  return { webhooks: [], nextAt: undefined };
}
