import { logError } from '../../log.ts';
import { commitOutcomes, type Outcome } from './commit-outcomes.ts';
import type { OutboxDeps } from './outbox-deps.ts';
import { readRemaining } from './outbox-rows.ts';
import type { ReferencedMessage } from './outgoing-message.ts';

/** Bounds one transaction; while it is under way the next outcomes gather. */
const MAX_GROUP = 50;

/**
 * From the beginning of a group to that of the next: while many are answered, several share the two round
 * trips that a group takes. A kill leaves them as answers that were lost: sent again after a minute, unless
 * a status tells of them before.
 */
const MIN_GROUP_MS = 50;

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 5_000;

/**
 * Writes outcomes down, in the order in which they came, in groups. While storage fails it keeps them
 * and tries again: a message with an outcome is never sent once more.
 */
export class OutcomeWriter {
  readonly #deps: OutboxDeps;
  readonly #onLeft: () => void;
  readonly #pending: Outcome[] = [];
  #isWriting = false;
  #failures = 0;
  #notBefore = 0;

  /** `onLeft` is called when something has to be written later: `wakeAt` is another one then. */
  constructor(deps: OutboxDeps, onLeft: () => void) {
    this.#deps = deps;
    this.#onLeft = onLeft;
  }

  /** When to call `flush` again (milliseconds), where nothing else does. */
  get wakeAt(): number | undefined {
    const isWaiting = !this.#isWriting && this.#pending.length > 0;
    return isWaiting ? this.#notBefore : undefined;
  }

  /** A message as it will be once what is pending is written. */
  withOutcome(message: ReferencedMessage): ReferencedMessage {
    const outcome = this.#pending.findLast((pending) => pending.message.id === message.id);
    if (outcome?.result.kind === 'sent') return { ...message, waba_id: outcome.result.wabaId };
    return outcome?.result.kind === 'failed' ? { ...message, is_failed: 1 } : message;
  }

  add(outcome: Outcome): void {
    this.#pending.push(outcome);
    this.flush();
  }

  /** Writes what is pending, unless that is under way or has to wait. */
  flush(): void {
    const hasWork = this.#pending.length > 0 && !this.#isWriting;
    if (!hasWork || this.#deps.now() < this.#notBefore) return;
    void this.#write();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    this.#notBefore = this.#deps.now() + MIN_GROUP_MS;
    try {
      await this.#writeGroup();
    } catch (error) {
      const { stack, now } = this.#deps;
      logError('outbox_commit_failed', error, { stack, pending: this.#pending.length });
      const wait = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, MAX_WAIT_MS);
      this.#failures += 1;
      this.#notBefore = now() + wait;
    }
    this.#isWriting = false;
    if (this.#pending.length > 0) this.#onLeft();
  }

  async #writeGroup(): Promise<void> {
    if (this.#failures > 0) await this.#dropWritten();
    if (this.#pending.length === 0) {
      this.#failures = 0;
      return;
    }
    const group = this.#pending.slice(0, MAX_GROUP);
    const written = await commitOutcomes(this.#deps, group, this.#deps.now());
    this.#pending.splice(0, group.length);
    this.#failures = 0;
    if (written.length === 0) return;
    this.#deps.onEvents(written).catch((error: unknown) => {
      // The Stack object finds the events by itself.
      logError('outbox_ring_failed', error, { stack: this.#deps.stack });
    });
  }

  /** A transaction may have happened although its answer was an error: its rows are gone then. */
  async #dropWritten(): Promise<void> {
    const ns = this.#pending.map(({ message }) => message.n);
    const remaining = await readRemaining(this.#deps.db, ns);
    const left = this.#pending.filter(
      ({ message, result }) => result.kind === 'retry' || remaining.has(message.n),
    );
    this.#pending.splice(0, ns.length, ...left);
  }
}
