import { clockMs } from '../clock.ts';
import { createPoster } from './poster.ts';
import type { RequestTemplate } from './request-template.ts';

/** As much as so many connections get through, for a time or up to a number of requests. */
export interface ClosedLoad {
  template: RequestTemplate;
  connections: number;
  seconds?: number;
  count?: number;
}

export interface ClosedResult {
  /** Requests answered 2xx, and others. */
  answered: number;
  failed: number;
  perSecond: number;
}

/** Sends requests over each connection one after the other. */
export async function closedLoop(load: ClosedLoad): Promise<ClosedResult> {
  const { template, connections, seconds = Infinity, count = Infinity } = load;
  const poster = createPoster(template);
  const startedAt = clockMs();
  const endsAt = startedAt + seconds * 1000;
  const totals = { answered: 0, failed: 0 };
  let next = 0;

  async function connection(): Promise<void> {
    while (next < count && clockMs() < endsAt) {
      const index = next;
      next += 1;
      const status = await poster.post(index);
      if (status >= 200 && status < 300) totals.answered += 1;
      else totals.failed += 1;
    }
  }

  await Promise.all(Array.from({ length: connections }, connection));
  poster.close();
  return { ...totals, perSecond: (totals.answered * 1000) / (clockMs() - startedAt) };
}
