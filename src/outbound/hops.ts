import { WaypostError } from '../error.ts';

/** Counts the routers that a body has been through, so that routers pointing at each other stop. */
export const HOPS_HEADER = 'waypost-hops';

/** More than anybody chains on purpose. */
const MAX_HOPS = 5;

/** Reads how many routers a request has been through. Throws `loop` where it must be going in a circle. */
export function readHops(headers: Headers): number {
  const hops = Number(headers.get(HOPS_HEADER) ?? 0);
  if (!Number.isInteger(hops) || hops < 0) return 0;
  if (hops >= MAX_HOPS) {
    throw new WaypostError(
      'loop',
      'The body has been through too many routers: a webhook points back at its source.',
    );
  }
  return hops;
}
