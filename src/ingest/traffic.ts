/** What goes on for one stack in this isolate. */
interface Traffic {
  underWay: number;
  /** Milliseconds; until then calls are taken to come faster than they are stored. */
  rushUntil: number;
}

/** With so many others under way calls come faster than they are stored. */
const MIN_OTHERS = 2;

/**
 * A rush lasts for so long after calls met last: when a round of them has just been stored, the next
 * ones find nobody under way.
 */
const RUSH_MS = 500;

const traffic = new WeakMap<object, Traffic>();

/**
 * Does some work for `whom` at `now` (milliseconds), telling it whether such work comes in a rush.
 * Throws what it throws.
 */
export async function inTraffic<Result>(
  whom: object,
  now: number,
  work: (isRush: boolean) => Promise<Result>,
): Promise<Result> {
  const own = traffic.get(whom) ?? { underWay: 0, rushUntil: 0 };
  traffic.set(whom, own);
  if (own.underWay >= MIN_OTHERS) own.rushUntil = now + RUSH_MS;
  own.underWay += 1;
  try {
    return await work(now < own.rushUntil);
  } finally {
    own.underWay -= 1;
  }
}
