import type { BenchContext, Limit } from './section.ts';
import { percentile } from './statistics.ts';

const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/** Records p50, p95 and p99 of times (ms) under a name, with limits for those that have one. */
export function recordPercentiles(
  context: Pick<BenchContext, 'record'>,
  name: string,
  times: Iterable<number>,
  limits: Partial<Record<keyof typeof SHARES, Limit>> = {},
): void {
  for (const key of ['p50', 'p95', 'p99'] as const) {
    const limit = limits[key];
    context.record(
      { name: `${name}, ${key}`, unit: 'ms', ...(limit === undefined ? {} : { limit }) },
      percentile(times, SHARES[key]),
    );
  }
}
