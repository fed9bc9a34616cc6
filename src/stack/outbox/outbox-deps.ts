import type { WrittenEvent } from '../../events/event.ts';
import type { OutcomeStore } from './commit-outcomes.ts';
import type { SendJob, SendResult } from './send-job.ts';

/** What the outbox needs of the Stack object. */
export interface OutboxDeps extends OutcomeStore {
  /** The stack's name. */
  stack: string;
  /**
   * Hands a message's own files to WABA, in an invocation of its own; undefined where it has none. Resolves
   * with what keeps the message from being sent.
   */
  handOver: (job: SendJob) => Promise<SendResult | undefined> | undefined;
  /** Makes one attempt in an invocation of its own. A rejection is taken for a lost answer. */
  send: (job: SendJob) => Promise<SendResult>;
  /** Events were written: who has to be told is rung, and the sockets are served. */
  onEvents: (events: readonly WrittenEvent[]) => Promise<void>;
  /** Milliseconds. */
  now: () => number;
  /**
   * Asks for `tick` at a time (milliseconds) in the place of the one asked for before; undefined asks
   * for none. Up to a minute ahead a timer has to keep the object in memory: an evicted object starts
   * anew, and so would the time after which a lost answer is sent again.
   */
  wakeAt: (at: number | undefined) => void;
  /** Keeps until when the number is paused (milliseconds), over restarts. */
  pause: { load: () => Promise<number>; save: (until: number) => Promise<void> };
}
