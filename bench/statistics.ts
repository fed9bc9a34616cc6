/**
 * The value that a share of the values (0 to 1) does not exceed, by the nearest rank; NaN of none. What is
 * not a number (no answer came) counts as larger than all that is.
 */
export function percentile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values, (value) =>
    Number.isNaN(value) ? Infinity : value,
  ).sort();
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? NaN;
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: Iterable<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length / 2;
  const lower = sorted[Math.ceil(middle) - 1];
  const upper = sorted[Math.floor(middle)];
  return lower === undefined || upper === undefined ? NaN : (lower + upper) / 2;
}

/** By how much the second number of points grows per unit of the first, by least squares; NaN of fewer than two. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const together = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return together / spread;
}

/** The most values within a span, which begins at a value and excludes its own end; in any order. */
export function mostWithin(values: Iterable<number>, span: number): number {
  const sorted = Float64Array.from(values).sort();
  let first = 0;
  let most = 0;
  for (const [index, value] of sorted.entries()) {
    while (value - (sorted[first] ?? value) >= span) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
