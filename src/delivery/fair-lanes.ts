/** What the lane needs of the world. `keyOf` says whose item it is: the webhook. */
export interface FairLaneDeps<T> {
  keyOf(item: T): string | number;
  /** Does the work. Expected failures are its own affair: a rejection is a bug. */
  run(item: T): Promise<void>;
  /** Whether a key is out of the lane by now; asked whenever an item of it might start. */
  isLeftOut(key: string | number): boolean;
  /** Takes an item that is not run in this lane. */
  leaveOut(item: T): void;
  /** How long an item may run before the lane stops waiting for it. */
  readonly patienceMs: number;
  /** Takes over a run that outlasted the patience: `rest` settles, and rejects, as the run does. */
  onImpatient(item: T, rest: Promise<void>): void;
  /** How many runs may be open, the impatient ones included. */
  readonly maxInFlight: number;
  /** Called once per run and never cancelled. */
  sleep(ms: number): Promise<void>;
}

interface Slot<T> {
  readonly item: T;
  readonly key: string | number;
  readonly running: Promise<void>;
  state: 'running' | 'overdue' | 'handed over';
}

/**
 * Runs items in order, at most one per key and `maxInFlight` in all, each on a clock that starts
 * with it. An item that outlasts its patience is handed over, and its key is left out from then on.
 * It still holds its slot, as it still holds a connection; once such items hold every slot, all that
 * was not started is left out. So each item is run or left out exactly once, per key in order, and
 * the lane never waits longer for one item than its patience.
 *
 * @returns when nothing but handed-over runs is open
 * @throws what a run rejected with (an AggregateError of several), after the others have settled
 */
export async function runFair<T>(items: readonly T[], deps: FairLaneDeps<T>): Promise<void> {
  const slots = new Set<Slot<T>>();
  const impatientKeys = new Set<string | number>();
  const errors: unknown[] = [];
  const waiting = [...items];
  let bell = Promise.withResolvers<void>();

  function start(item: T, key: string | number): void {
    const slot: Slot<T> = { item, key, running: runSafely(item, deps), state: 'running' };
    slots.add(slot);
    const settled = slot.running.catch((error: unknown) => errors.push(error));
    void settled.then(() => {
      slots.delete(slot);
      bell.resolve();
    });
    void deps.sleep(deps.patienceMs).then(() => {
      slot.state = 'overdue';
      bell.resolve();
    });
  }

  function startWhatMay(): void {
    const busyKeys = new Set(Array.from(slots, (slot) => slot.key));
    const skipped: T[] = [];
    let seen = 0;
    // A full lane is not looked through: that would make many items cost their square.
    for (const item of waiting) {
      if (slots.size >= deps.maxInFlight) break;
      seen += 1;
      const key = deps.keyOf(item);
      if (impatientKeys.has(key) || deps.isLeftOut(key)) {
        deps.leaveOut(item);
      } else if (busyKeys.has(key)) {
        skipped.push(item);
      } else {
        busyKeys.add(key);
        start(item, key);
      }
    }
    waiting.splice(0, seen, ...skipped);
  }

  function handOverTheOverdue(): void {
    for (const slot of slots) {
      if (slot.state !== 'overdue') continue;
      slot.state = 'handed over';
      impatientKeys.add(slot.key);
      deps.onImpatient(slot.item, slot.running);
    }
  }

  startWhatMay();
  while (Array.from(slots).some((slot) => slot.state !== 'handed over')) {
    await bell.promise;
    bell = Promise.withResolvers();
    handOverTheOverdue();
    startWhatMay();
  }
  for (const item of waiting) deps.leaveOut(item);
  if (errors.length > 1) throw new AggregateError(errors, 'Several runs of the lane failed');
  if (errors.length === 1) throw errors[0];
}

/** A run that throws before its first await rejects like any other. */
async function runSafely<T>(item: T, deps: FairLaneDeps<T>): Promise<void> {
  await deps.run(item);
}
