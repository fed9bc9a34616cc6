import type { QueueMessage } from '../bindings.ts';
import { WaypostError } from '../error.ts';
import { faultText, log, logError } from '../log.ts';
import { isStorageAway } from '../store/is-storage-away.ts';
import type { StackContext } from '../store/open-stack.ts';
import { doorbellOf, referenceOf } from '../webhooks/dead-letters/dead-letter.ts';
import { parkDoorbell } from '../webhooks/dead-letters/park-doorbell.ts';

/** Where the lanes' doorbells end that failed to the last: the `dead_letter_queue` of wrangler.toml. */
export const DEAD_LETTER_QUEUE = 'waypost-dead';

/** Whether a queue is the dead letters' one: a deployment of another name calls it `mine-dead`. */
export function isDeadLetterQueue(queue: string): boolean {
  return queue.endsWith('-dead');
}

/** An outage of storage is waited out; the queue repeats a message for as long as 100 of these. */
const RETRY_DELAY_S = 60;

/** What working dead doorbells needs. */
export interface DeadLetterDeps {
  openStack(name: string): StackContext;
  /** Does what a doorbell rings for; throws where we failed. */
  run(message: Message<QueueMessage>): Promise<void>;
  /** Milliseconds. */
  now(): number;
}

/**
 * Works doorbells that failed in their lane to the last, each once more and by itself, one after
 * another: together they would use up the invocation's connections. One that fails again is parked, for
 * an admin to see and to drive again. Never throws.
 *
 * An outage that outlasts a lane's repetitions sends healthy doorbells here. It is mostly over when they
 * are worked again; where it is not, they can be parked no more than worked, and come back later.
 * Nothing depends on them: their rows are in the database as before.
 */
export async function consumeDead(
  messages: readonly Message<QueueMessage>[],
  deps: DeadLetterDeps,
): Promise<void> {
  for (const message of messages) {
    try {
      await deps.run(message);
      message.ack();
    } catch (error) {
      await giveUp(message, error, deps);
    }
  }
}

async function giveUp(
  message: Message<QueueMessage>,
  error: unknown,
  deps: DeadLetterDeps,
): Promise<void> {
  const { stack, kind } = message.body;
  const doorbell = doorbellOf(message.body);
  const ids = { stack, kind, reference: referenceOf(doorbell) };
  try {
    if (isStorageAway(error)) throw error;
    await deps.openStack(stack).db.batch(parkDoorbell(doorbell, error, deps.now()));
    log('dead_letter', { ...ids, error: faultText(error) });
    message.ack();
  } catch (problem) {
    logError('dead_letter_not_parked', problem, ids);
    // A stack that is no more has no table to park it in, and one that comes back has its rows.
    if (problem instanceof WaypostError && problem.code === 'not_found') message.ack();
    else message.retry({ delaySeconds: RETRY_DELAY_S });
  }
}
