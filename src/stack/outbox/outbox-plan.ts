import { maxInFlight } from './number-rate.ts';
import type { Lane, OutboxState } from './outbox-state.ts';
import { pairReadyAt } from './pair-rate.ts';

/** What the outbox may do now, and when it has to look again. */
export interface OutboxPlan {
  /** Row numbers of messages that may leave as soon as the number's rate allows. */
  next: number[];
  /** Milliseconds; when time alone makes another message ready. Undefined where it does not. */
  wakeAt: number | undefined;
}

/**
 * Decides which messages are next, at most `room` of them: in order per recipient with one under way
 * at a time, recipients in parallel, within the pair's rate. A lost answer holds up its recipient for
 * a few seconds and comes round again when its time is up. Changes nothing.
 */
export function planOutbox(state: OutboxState, room: number, now: number): OutboxPlan {
  if (state.rate.pausedUntil > now) {
    return { next: [], wakeAt: state.lanes.size > 0 ? state.rate.pausedUntil : undefined };
  }
  // While the account is barred a single message finds out how things are.
  const inFlight = state.account === undefined ? maxInFlight(state.rate) : 1;
  const most = Math.min(room, inFlight - state.underWay.size);
  const next: number[] = [];
  let wakeAt: number | undefined;
  for (const lane of state.lanes.values()) {
    // With no room left, time makes nothing ready: an outcome has to come first.
    if (next.length >= most) return { next, wakeAt: undefined };
    const candidate = candidateOf(state, lane, now);
    if (candidate === undefined) continue;
    if (candidate.readyAt <= now) next.push(candidate.n);
    else if (candidate.readyAt < Infinity) wakeAt = Math.min(wakeAt ?? Infinity, candidate.readyAt);
  }
  return { next, wakeAt };
}

interface Candidate {
  n: number;
  readyAt: number;
}

/** A recipient's next message and when it may leave: not while one is under way that is not overdue. */
function candidateOf(state: OutboxState, lane: Lane, now: number): Candidate | undefined {
  const choices: Candidate[] = [
    ...lane.unknown.map(({ n, resendAt }) => ({ n, readyAt: resendAt })),
    ...lane.aside.map(({ n, nextAt }) => ({ n, readyAt: nextAt })),
  ];
  const [head] = lane.waiting;
  if (head !== undefined) choices.push({ n: head.n, readyAt: headReadyAt(lane, head.nextAt) });
  // Ready ones in the order in which they were accepted; else the one that is ready first.
  const ready = choices.filter((choice) => choice.readyAt <= now).sort((a, b) => a.n - b.n);
  const [best] = ready.length > 0 ? ready : choices.sort((a, b) => a.readyAt - b.readyAt);
  if (best === undefined) return undefined;
  const pairAt = pairReadyAt(state.buckets.get(lane.chat), now);
  const freeAt = lane.active?.holdsUntil ?? 0;
  return { n: best.n, readyAt: Math.max(best.readyAt, lane.pausedUntil, pairAt, freeAt) };
}

function headReadyAt(lane: Lane, nextAt: number): number {
  return lane.unknown.reduce((at, unknown) => Math.max(at, unknown.holdsUntil), nextAt);
}
