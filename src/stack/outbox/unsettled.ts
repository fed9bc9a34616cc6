import type { Active, OutboxState } from './outbox-state.ts';

/** An answer that takes longer may never come: a status is looked for then. Milliseconds. */
const SLOW_MS = 1_000;

/** The row numbers of all messages whose answers were lost, or seem to be. */
export function unsettledOf(state: OutboxState, now: number): number[] {
  const slow = [...state.underWay.values()].filter((active) => slowAt(active) <= now);
  const lost =
    state.unknownCount === 0 ? [] : [...state.lanes.values()].flatMap((lane) => lane.unknown);
  return [...lost, ...slow].map(({ n }) => n);
}

/** When the next of those under way will seem to be lost; undefined where there is none. */
export function nextSlowAt(state: OutboxState, now: number): number | undefined {
  const times = [...state.underWay.values()].map(slowAt).filter((at) => at > now && at < Infinity);
  return times.length === 0 ? undefined : Math.min(...times);
}

function slowAt({ departure }: Active): number {
  return departure === undefined ? Infinity : departure.at + SLOW_MS;
}
