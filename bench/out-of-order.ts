import type { Accepted } from './agents/sandbox-agent.ts';

/** How many messages came after a younger one of the same recipient. Their texts end with their numbers. */
export function outOfOrder(accepted: readonly Pick<Accepted, 'to' | 'text'>[]): number {
  const latest = new Map<string, number>();
  let count = 0;
  for (const { to, text } of accepted) {
    const number = Number(/\d+$/.exec(text)?.[0]);
    const before = latest.get(to) ?? -1;
    if (number < before) count += 1;
    latest.set(to, Math.max(number, before));
  }
  return count;
}
