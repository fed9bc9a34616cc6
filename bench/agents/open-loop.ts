import { setTimeout as wait } from 'node:timers/promises';
import { clockMs } from '../clock.ts';
import { createPoster, type Poster } from './poster.ts';
import type { RequestTemplate } from './request-template.ts';

export interface OpenLoad {
  template: RequestTemplate;
  perSecond: number;
  count: number;
}

/** What came of each request, by its number. */
export interface OpenResult {
  /** When it was to be sent, by the clock that all processes share (ms). */
  intendedAt: Float64Array;
  /** Milliseconds from then until its answer; not a number where that was not 2xx. */
  latencies: Float64Array;
  /** How many answers had each status that is not 2xx; 0 is a broken connection. */
  failures: Record<string, number>;
}

/**
 * Sends requests at a steady pace whether or not earlier ones have been answered, and counts from the
 * moment that each was to be sent. A load that waits for its answers, or a clock that starts when the
 * sender gets round to it, would leave out just the time that a slow server makes others wait.
 */
export async function openLoop({ template, perSecond, count }: OpenLoad): Promise<OpenResult> {
  const poster = createPoster(template);
  const result: OpenResult = {
    intendedAt: new Float64Array(count),
    latencies: new Float64Array(count).fill(NaN),
    failures: {},
  };
  const startedAt = clockMs();
  const asking: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const dueAt = startedAt + (index * 1000) / perSecond;
    const waitMs = dueAt - clockMs();
    if (waitMs > 0) await wait(waitMs);
    result.intendedAt[index] = dueAt;
    asking.push(ask(poster, index, result));
  }
  await Promise.all(asking);
  poster.close();
  return result;
}

async function ask(poster: Poster, index: number, result: OpenResult): Promise<void> {
  const status = await poster.post(index);
  if (status >= 200 && status < 300) {
    result.latencies[index] = clockMs() - (result.intendedAt[index] ?? NaN);
  } else {
    result.failures[status] = (result.failures[status] ?? 0) + 1;
  }
}
