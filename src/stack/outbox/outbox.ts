import { logError } from '../../log.ts';
import { unlessOwnFault } from './account-pause.ts';
import { AccountPauseRecord } from './account-pause-record.ts';
import { attemptOutcome, EARLY_WAIT_MS, orphaned, resultOf } from './attempt-outcome.ts';
import { attemptSend } from './attempt-send.ts';
import type { Outcome } from './commit-outcomes.ts';
import { logOutcome } from './log-outcome.ts';
import { otherNameTold } from './merge-recipients.ts';
import { allowance } from './number-rate.ts';
import type { OutboxDeps } from './outbox-deps.ts';
import { OutboxLoader } from './outbox-loader.ts';
import { planOutbox } from './outbox-plan.ts';
import { markAttempts, readArrived } from './outbox-rows.ts';
import * as book from './outbox-state.ts';
import { OutcomeWriter } from './outcome-writer.ts';
import { resolveReference, type OutgoingMessage } from './outgoing-message.ts';
import { nextSlowAt, unsettledOf } from './unsettled.ts';

/** A message whose attempt is written down, and that leaves when the number's rate allows. */
interface Ready {
  message: OutgoingMessage;
  attempts: number;
}

/**
 * So many are made ready ahead that the rate never waits for the database; not more, because a kill
 * leaves them looking as if they had left.
 */
const STOCK = 8;

/** They are made ready some at a time: each time is a round trip to the database. */
const LOW_STOCK = STOCK / 2;

/** While storage fails, it is asked this often. */
const STORAGE_WAIT_MS = 1_000;

/** While messages are accepted one after the other, so long are they gathered that are read at once. */
const READ_EVERY_MS = 25;

/** The same while so many recipients wait that a message to another would not leave sooner anyway. */
const READ_BEHIND_MS = 250;
const MANY_WAITING = 80;

/** A shorter pause is over by the time a restart is. */
const MIN_PAUSE_SAVED_MS = 5_000;

/**
 * Sends a stack's messages to WABA: in order per recipient, recipients in parallel, under the number's
 * and the pair's rate. `outbox-plan.ts` decides; this carries it out. An attempt is written down before
 * it is made, so that a message never leaves unnoticed, and its outcome before its row goes.
 */
export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #loader: OutboxLoader;
  readonly #writer: OutcomeWriter;
  readonly #account: AccountPauseRecord;
  readonly #startedAt: number;
  #state: book.OutboxState | undefined;
  readonly #ready: Ready[] = [];
  #isRung = true;
  /** A status may have come for a message that has no answer. */
  #isHeard = true;
  /** Until then what was rung for is left for the next read. */
  #nextReadAt = 0;
  #again = false;
  #working: Promise<void> | undefined;
  #notBefore = 0;
  #pauseSaved = 0;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#loader = new OutboxLoader(deps);
    this.#writer = new OutcomeWriter(deps, () => void this.#work());
    this.#account = new AccountPauseRecord(deps);
    this.#startedAt = deps.now();
  }

  /** Whether answers were lost: word of a status may settle one. */
  get hasUnknown(): boolean {
    return (this.#state?.unknownCount ?? 0) > 0;
  }

  /**
   * Something was put into the outbox, or the alarm rang. Resolves when what is read and may leave now
   * has left, not when it is answered. Never rejects.
   */
  wake(): Promise<void> {
    this.#isRung = true;
    this.#isHeard = true;
    return this.#work();
  }

  /** Statuses came: they may settle what has no answer. Costs nothing where all is answered. Never rejects. */
  async hear(): Promise<void> {
    const state = this.#state;
    if (state === undefined || (state.unknownCount === 0 && state.underWay.size === 0)) return;
    // What was heard already is looked at as soon as an answer is late.
    if (this.#isHeard && unsettledOf(state, this.#deps.now()).length === 0) return;
    this.#isHeard = true;
    await this.#work();
  }

  /** The time asked for with `wakeAt` has come. Never rejects. */
  tick(): Promise<void> {
    return this.#work();
  }

  #work(): Promise<void> {
    this.#again = true;
    this.#working ??= this.#workWhileAsked();
    return this.#working;
  }

  async #workWhileAsked(): Promise<void> {
    let wakeAt: number | undefined;
    do {
      this.#again = false;
      try {
        wakeAt = await this.#round();
      } catch (error) {
        logError('outbox_failed', error, { stack: this.#deps.stack });
        this.#notBefore = this.#deps.now() + STORAGE_WAIT_MS;
        wakeAt = this.#notBefore;
      }
    } while (this.#again);
    this.#working = undefined;
    const times = [wakeAt, this.#writer.wakeAt].filter((at) => at !== undefined);
    this.#deps.wakeAt(times.length === 0 ? undefined : Math.min(...times));
  }

  /** Does all that can be done now; returns when there is more. */
  async #round(): Promise<number | undefined> {
    this.#writer.flush();
    if (this.#deps.now() < this.#notBefore) return this.#notBefore;
    const state = await this.#open();
    await this.#load(state);
    await this.#settleHeard(state);
    this.#account.keep(state.account);
    for (;;) {
      const now = this.#deps.now();
      this.#depart(state, now);
      const room = this.#ready.length > LOW_STOCK ? 0 : STOCK - this.#ready.length;
      const plan = planOutbox(state, room, now);
      if (plan.next.length > 0) {
        await this.#prepare(state, plan.next);
        continue;
      }
      const leavesAt = this.#ready.length > 0 ? allowance(state.rate, now).nextAt : Infinity;
      const readsAt = this.#isRung ? this.#nextReadAt : Infinity;
      const hearsAt = this.#isHeard ? (nextSlowAt(state, now) ?? Infinity) : Infinity;
      const wakeAt = Math.min(leavesAt, readsAt, hearsAt, plan.wakeAt ?? Infinity);
      return wakeAt === Infinity ? undefined : wakeAt;
    }
  }

  async #open(): Promise<book.OutboxState> {
    if (this.#state !== undefined) return this.#state;
    this.#pauseSaved = await this.#deps.pause.load();
    const state = book.startState(this.#startedAt, this.#pauseSaved);
    await this.#account.load(state);
    this.#state = state;
    return state;
  }

  /** Reads new rows. */
  async #load(state: book.OutboxState): Promise<void> {
    const { now } = this.#deps;
    const isRung = this.#isRung && now() >= this.#nextReadAt;
    if (!isRung && !this.#loader.hasMore(state)) return;
    const readAt = now();
    if (isRung) this.#isRung = false;
    try {
      await this.#loader.load(state);
      // Those that are ready wait for the number's rate: not so where the others wait for a lost answer, say.
      const isBehind =
        this.#ready.length > 0 && state.lanes.size - state.underWay.size > MANY_WAITING;
      if (isRung) this.#nextReadAt = readAt + (isBehind ? READ_BEHIND_MS : READ_EVERY_MS);
    } catch (error) {
      this.#isRung ||= isRung;
      throw error;
    }
  }

  /** Looks whether statuses have settled what has no answer; those whose answer is not late yet come later. */
  async #settleHeard(state: book.OutboxState): Promise<void> {
    if (!this.#isHeard) return;
    const now = this.#deps.now();
    const unsettled = unsettledOf(state, now);
    if (unsettled.length > 0) await this.#settleArrived(state, unsettled);
    this.#isHeard = nextSlowAt(state, now) !== undefined;
  }

  /** A status that came meanwhile has written WhatsApp's id: the message did leave. */
  async #settleArrived(state: book.OutboxState, ns: readonly number[]): Promise<void> {
    for (const message of await readArrived(this.#deps.db, ns)) {
      book.forget(state, message.n);
      const wabaId = message.waba_id ?? '';
      this.#write(
        state,
        { message, attempts: 0 },
        {
          kind: 'sent',
          wabaId,
          userId: undefined,
          isNamed: false,
        },
      );
    }
  }

  /** Writes attempts down and makes their messages ready. */
  async #prepare(state: book.OutboxState, ns: readonly number[]): Promise<void> {
    const { db, now } = this.#deps;
    for (const n of ns) book.reserve(state, n);
    const prepared = await markAttempts(db, ns, now()).catch((error: unknown) => {
      for (const n of ns) book.release(state, n, now());
      throw error;
    });
    const referenced = prepared.referenced.map((target) => this.#writer.withOutcome(target));
    for (const message of prepared.messages) {
      const attempts = prepared.attempts.get(message.n);
      if (attempts === undefined) continue;
      const resolved = resolveReference(message, referenced);
      if (resolved.kind === 'ready') this.#ready.push({ message: resolved.message, attempts });
      else if (resolved.kind === 'orphaned')
        this.#settle(state, { message, attempts }, orphaned(now()));
      else this.#putAside(state, { message, attempts }, now() + EARLY_WAIT_MS);
    }
    const unmarked = ns.filter((n) => !prepared.attempts.has(n));
    for (const n of unmarked) book.forget(state, n);
    if (unmarked.length > 0) await this.#settleArrived(state, unmarked);
  }

  /** Lets as many leave as may; in a pause they go back, to be looked at anew after it. */
  #depart(state: book.OutboxState, now: number): void {
    if (state.rate.pausedUntil > now) {
      for (const { message } of this.#ready.splice(0)) book.release(state, message.n, now);
      return;
    }
    const leaving = this.#ready.splice(0, allowance(state.rate, now).free);
    const numbers = leaving.map(({ message }) => message.n);
    book.depart(state, numbers, now);
    for (const one of leaving) void this.#attempt(state, one);
  }

  /** What it replies to is not sent yet; nobody else waits for that. */
  #putAside(state: book.OutboxState, one: Ready, nextAt: number): void {
    book.putAside(state, one.message.n, nextAt);
    this.#write(state, one, { kind: 'retry', nextAt });
  }

  async #attempt(state: book.OutboxState, one: Ready): Promise<void> {
    const { n } = one.message;
    // How long a message with files holds up the others is known only when it leaves.
    const left = () => void this.#work();
    const { result, departedAt } = await attemptSend(this.#deps, state, one.message, left);
    // A status has told meanwhile that it was taken; what the answer says is old.
    if (state.laneOf.has(n)) {
      const outcome = unlessOwnFault(state, n, attemptOutcome(result, one.attempts));
      this.#settle(state, one, { outcome, departedAt, isAnswered: result.kind === 'answered' });
    }
    await this.#work();
  }

  #settle(state: book.OutboxState, one: Ready, settlement: book.Settlement): void {
    const { outcome } = settlement;
    const now = this.#deps.now();
    book.settle(state, one.message.n, settlement, now);
    const { stack } = this.#deps;
    logOutcome({ stack, message: one.message.id, attempts: one.attempts }, outcome);
    // Why the account is barred is kept elsewhere, with its pause.
    if (state.account === undefined) this.#savePause(state.rate.pausedUntil, now);
    const told = outcome.kind === 'sent' ? otherNameTold(one.message.chat, outcome) : undefined;
    if (told !== undefined) book.join(state, one.message.chat, told, now);
    const result = resultOf(state, outcome, now);
    if (result !== undefined) this.#write(state, one, result, told !== undefined);
  }

  /** `isRenamed` says that the answer has named the recipient by another name than we did. */
  #write(
    { aliases }: book.OutboxState,
    { message, attempts }: Ready,
    result: Outcome['result'],
    isRenamed = false,
  ): void {
    const dialled = isRenamed ? message.chat : undefined;
    const current = { ...message, chat: aliases.resolve(message.chat) };
    const eventId = crypto.randomUUID();
    this.#writer.add({ message: current, attempts, eventId, result, dialled });
  }

  #savePause(until: number, now: number): void {
    if (until <= this.#pauseSaved || until < now + MIN_PAUSE_SAVED_MS) return;
    this.#pauseSaved = until;
    this.#deps.pause.save(until).catch((error: unknown) => {
      logError('outbox_pause_not_saved', error, { stack: this.#deps.stack });
    });
  }
}
