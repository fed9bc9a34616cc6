import type { WrittenEvent } from '../../events/event.ts';
import { linksAt } from '../../inbox/media/links.ts';
import { logError } from '../../log.ts';
import type { StackContext } from '../../store/open-stack.ts';
import type { AlarmClock } from '../alarm-clock.ts';
import { Outbox } from './outbox.ts';
import { hasOwnFiles } from './send-job.ts';

/** One timer that can be set anew. It keeps the object in memory until it has rung. */
class Timer {
  readonly #ring: () => void;
  #handle: ReturnType<typeof setTimeout> | undefined;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings in `ms` milliseconds in the place of what was set before; undefined sets nothing. */
  set(ms: number | undefined): void {
    clearTimeout(this.#handle);
    this.#handle = ms === undefined ? undefined : setTimeout(this.#ring, Math.max(0, ms));
  }
}

/** A timer holds the object in memory, which costs by the second; the alarm does what is further off. */
const MAX_TIMER_MS = 60_000;

/** An alarm no further off than this would hardly be sooner than the next one anyway. */
const MIN_ALARM_MS = 5_000;

/** Where the object keeps until when WABA asked the number to pause: it must outlive a restart. */
const PAUSE_KEY = 'outbox-paused-until';

/**
 * The outbox of a Stack object: its attempts run in invocations of their own, its clock is a timer
 * with the object's alarm behind it, in case the object dies meanwhile.
 */
export function stackOutbox(
  ctx: DurableObjectState,
  { config, db, files }: StackContext,
  clock: AlarmClock,
  onEvents: (events: readonly WrittenEvent[]) => Promise<void>,
): Outbox {
  const timer = new Timer(() => void outbox.tick());
  const outbox = new Outbox({
    stack: config.name,
    db,
    files,
    linksAt: (now) => linksAt(config, config.publicUrl ?? '', now),
    handOver: (job) =>
      hasOwnFiles(config, job) ? ctx.exports.WabaSender.handOver(job) : undefined,
    send: (job) => ctx.exports.WabaSender.send(job),
    onEvents,
    now: () => Date.now(),
    wakeAt: (at) => {
      const wait = at === undefined ? undefined : at - Date.now();
      timer.set(wait === undefined || wait > MAX_TIMER_MS ? undefined : wait);
      // The timer does what is near; the alarm costs a written row and a sweep each time it is set.
      if (at === undefined || (wait ?? 0) <= MIN_ALARM_MS) return;
      clock.ringBy(at, Date.now()).catch((error: unknown) => {
        logError('alarm_not_set', error, { stack: config.name });
      });
    },
    pause: {
      load: async () => (await ctx.storage.get<number>(PAUSE_KEY)) ?? 0,
      save: (until) => ctx.storage.put(PAUSE_KEY, until),
    },
  });
  return outbox;
}
