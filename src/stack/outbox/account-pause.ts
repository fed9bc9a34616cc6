import type { WabaError } from '../../waba/parse-error.ts';
import type { SendOutcome } from '../../waba/send-outcome.ts';
import { pauseNumber, type NumberRate } from './number-rate.ts';

/**
 * WhatsApp takes no message of the account's until somebody acts: nothing fails, all waits, and now and then
 * one message finds out whether it is over. Times are in milliseconds.
 */
export interface AccountPause {
  error: WabaError;
  since: number;
  /** When the next message finds out. */
  nextAt: number;
  /** How often in a row the number had to pause for it. */
  strikes: number;
  /** When the latest refusal came: what is taken of what left after it shows that it is over. */
  refusedAt: number;
  /** The row numbers of the messages that were refused. */
  refused: ReadonlySet<number>;
  /** How often the first of them was, while no other was. */
  loneTries: number;
}

/** What of the outbox's state it is about. */
export interface AccountState {
  rate: NumberRate;
  /** Why no message goes at all, where that is so. */
  account: AccountPause | undefined;
  /** How often a message was refused for the account's sake and another one taken after it. */
  suspects: Map<number, number>;
  /** The messages that are there. */
  laneOf: ReadonlyMap<number, unknown>;
}

type Barred = Extract<SendOutcome, { kind: 'barred' }>;

/** While it may be the one message's own fault, a minute is the longest that it is left alone. */
const LONGEST_LONE_WAIT_MS = 60_000;

/** So often may others be taken after a message was refused: then it is the message's own fault. */
const MAX_SUSPICIONS = 2;

/**
 * Takes note that a message was refused for the account's sake; returns when it may be tried again. The
 * first refusal lets another message find out at once, one at a time; the second stops the number.
 */
export function barAccount(
  state: Pick<AccountState, 'rate' | 'account'>,
  n: number,
  { error, afterMs, atMostMs }: Barred,
  now: number,
): number {
  const before = state.account;
  const refused = new Set(before?.refused).add(n);
  const isLone = refused.size === 1 && (before?.strikes ?? 0) === 0;
  const pause: AccountPause = {
    error,
    since: before?.since ?? now,
    nextAt: now,
    strikes: 0,
    refusedAt: now,
    refused,
    loneTries: (before?.loneTries ?? 0) + 1,
  };
  state.account = pause;
  if (isLone) {
    const wait = Math.min(afterMs * 2 ** (pause.loneTries - 1), LONGEST_LONE_WAIT_MS);
    pause.nextAt = now + wait;
    return pause.nextAt;
  }
  pauseNumber(state.rate, afterMs, now, atMostMs);
  pause.nextAt = state.rate.pausedUntil;
  pause.strikes = state.rate.strikes;
  return now;
}

/** Takes note that WABA has taken a message that left at `departedAt`: the account may be well again. */
export function noteTaken(state: AccountState, departedAt: number): void {
  if (state.account === undefined || departedAt <= state.account.refusedAt) return;
  for (const n of state.account.refused) {
    if (state.laneOf.has(n)) state.suspects.set(n, (state.suspects.get(n) ?? 0) + 1);
  }
  state.account = undefined;
}

/**
 * What an outcome is for a message that is refused for the account's sake time and again although others
 * are taken: it fails, or it would stop the others for ever.
 */
export function unlessOwnFault(
  state: Pick<AccountState, 'account' | 'suspects'>,
  n: number,
  outcome: SendOutcome,
): SendOutcome {
  if (outcome.kind !== 'barred' || state.account !== undefined) return outcome;
  if ((state.suspects.get(n) ?? 0) < MAX_SUSPICIONS) return outcome;
  return { kind: 'failed', error: outcome.error, alert: true };
}
