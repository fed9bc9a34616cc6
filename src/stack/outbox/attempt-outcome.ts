import type { Outcome } from './commit-outcomes.ts';
import type { OutboxState, Settlement } from './outbox-state.ts';
import { sendOutcome, type SendOutcome } from '../../waba/send-outcome.ts';
import type { WabaError } from '../../waba/parse-error.ts';
import type { SendResult } from './send-job.ts';

/** A reply to a message that is still on its way is tried again after this time. */
export const EARLY_WAIT_MS = 5_000;

/** The replied-to message was never sent, so WhatsApp could not know it. */
const ORPHANED: WabaError = {
  code: 131009,
  title: 'Parameter value is not valid',
  message: 'The message that is replied or reacted to was not sent.',
};

/** Where a file cannot be handed over, half an hour of tries is all that is worth it. */
const UNREADY_WAIT_MS = 1_000;
const MAX_UNREADY_TRIES = 7;

/** Decides what an attempt came to; `attempts` counts the message's tries with this one. */
export function attemptOutcome(result: SendResult, attempts: number): SendOutcome {
  if (result.kind === 'refused') return { kind: 'failed', error: result.error, alert: false };
  if (result.kind !== 'unready') return sendOutcome(result, attempts);
  if (attempts < MAX_UNREADY_TRIES) {
    return { kind: 'retry', scope: 'message', afterMs: UNREADY_WAIT_MS * 4 ** (attempts - 1) };
  }
  const error = { code: 131053, title: 'Media upload error', message: result.reason };
  return { kind: 'failed', error, alert: false };
}

/** What of an outcome is written down at `now` (milliseconds); undefined while nobody knows it. */
export function resultOf(
  { rate, account }: OutboxState,
  outcome: SendOutcome,
  now: number,
): Outcome['result'] | undefined {
  if (outcome.kind === 'sent') {
    const { wabaId, contactUserId: userId, contactWaId } = outcome;
    return { kind: 'sent', wabaId, userId, isNamed: contactWaId !== undefined };
  }
  if (outcome.kind === 'failed') return outcome;
  if (outcome.kind === 'barred') return { kind: 'retry', nextAt: account?.nextAt ?? now };
  if (outcome.kind !== 'retry') return undefined;
  return {
    kind: 'retry',
    nextAt: outcome.scope === 'number' ? rate.pausedUntil : now + outcome.afterMs,
  };
}

/** What becomes of a message that replies to one that was never sent. */
export function orphaned(departedAt: number): Settlement {
  const outcome: SendOutcome = { kind: 'failed', error: ORPHANED, alert: false };
  return { outcome, departedAt, isAnswered: false };
}
