import type { StackContext } from '../../store/open-stack.ts';
import { eraseEvents } from './erase-events.ts';
import { eraseRows } from './erase-rows.ts';
import { openErasures, type Erasure } from '../../inbox/chats/erasure.ts';

/** An invocation may ask D1 a thousand times (D1's limits page); a step does so up to twenty times. */
const MAX_STEPS = 40;

/**
 * Goes on with erasing customers until `deadline` (milliseconds); only the one with `key`, where it is
 * given. What it does is written down step by step, so anyone can go on from there, and several at once
 * do no harm. Returns whether there is more that can be done at once.
 */
export async function workErasures(
  stack: StackContext,
  deadline: number,
  key?: string,
): Promise<boolean> {
  let steps = 0;
  for (;;) {
    const open = await openErasures(stack.db);
    const wanted = open.filter(({ keys }) => key === undefined || keys.includes(key));
    let isMoved = false;
    for (const erasure of wanted) {
      if (steps === MAX_STEPS || Date.now() >= deadline) return true;
      steps += 1;
      const wasDone = await eraseSome(stack, erasure, Date.now());
      isMoved ||= wasDone;
    }
    if (!isMoved) return false;
  }
}

async function eraseSome(stack: StackContext, erasure: Erasure, now: number): Promise<boolean> {
  if (erasure.untilSeq === undefined) return eraseRows(stack, erasure, now);
  await eraseEvents(stack, erasure, erasure.untilSeq, now);
  return true;
}
