import { throttled } from '../error.ts';

/**
 * A hash takes the isolate's one thread for 100 ms, and WhatsApp's calls wait for that, too. Two at once
 * would follow each other without a pause: a call that needs several turns of the thread waits for all of them.
 */
const MAX_AT_ONCE = 1;

/** Who would wait for more than these is told to come back. */
const MAX_WAITING = 9;

/** How often one that waits looks whether it is next: between two hashes, others have their turn. */
const LOOK_MS = 10;

/** How long the thread is left to others after a hash. */
const BREATHER_MS = 25;

/** A request that was given up by its client may never end: its place is free after so long. */
const GONE_MS = 10_000;

/** By then those before have been hashed. */
const RETRY_AFTER_MS = 2_000;

interface Place {
  /** Milliseconds; when it was last known to be wanted. */
  seenAt: number;
}

/** Who is in the line, the first `MAX_AT_ONCE` of them at work. */
const line: Place[] = [];

/**
 * Runs `work`, which hashes a password, when it is its turn: one at a time in this isolate, and few waiting.
 * Throws `throttled` where too many wait already. Each looks for itself: what one request awaits another
 * must not have to resolve, for the runtime may have ended that.
 */
export async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const place = enter(Date.now());
  try {
    do {
      await scheduler.wait(LOOK_MS);
      place.seenAt = Date.now();
      forgetGone(place.seenAt);
    } while (line.indexOf(place) >= MAX_AT_ONCE);
    return await work();
  } finally {
    // What came meanwhile is dealt with before the next hash, not only begun.
    await scheduler.wait(BREATHER_MS);
    leave(place);
  }
}

function enter(now: number): Place {
  forgetGone(now);
  if (line.length >= MAX_AT_ONCE + MAX_WAITING) throw throttled(RETRY_AFTER_MS);
  const place = { seenAt: now };
  line.push(place);
  return place;
}

function leave(place: Place): void {
  const at = line.indexOf(place);
  if (at !== -1) line.splice(at, 1);
}

function forgetGone(now: number): void {
  for (const place of line.filter(({ seenAt }) => now - seenAt > GONE_MS)) leave(place);
}
