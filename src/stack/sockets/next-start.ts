/**
 * Sockets that miss nearly the same share their pages: one that misses less waits for the others to
 * come as far as it is, for at most this many events. After an outage everyone comes back at once.
 */
const GROUP_SPAN = 500;

/**
 * Says after which sequence number to read next for sockets that are behind; undefined where there
 * are none. They take turns by groups, from those that miss least to those that miss most and round
 * again, so that one that is far behind holds up nobody.
 *
 * @param positions the last event that each was sent
 * @param last what this function returned the time before
 */
export function nextStart(positions: readonly number[], last: number): number | undefined {
  const starts = groupStarts(positions);
  return starts.findLast((start) => start < last) ?? starts.at(-1);
}

function groupStarts(positions: readonly number[]): number[] {
  const starts: number[] = [];
  for (const position of positions.toSorted((a, b) => a - b)) {
    if (position > (starts.at(-1) ?? -Infinity) + GROUP_SPAN) starts.push(position);
  }
  return starts;
}
