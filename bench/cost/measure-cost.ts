import { pruneAhead, readMeter, resetMeter, settledMeter, sweepNow } from './meter.ts';
import type { MeterReport } from './meter-report.ts';
import { NOTHING, perItem, sumOf, type Tally } from './tally.ts';

/** What each of some things has cost: at once, by being pruned later, and together. */
export interface Spent {
  used: Tally;
  pruned: Tally;
  all: Tally;
}

/** In how many days from now what is pruned. */
export interface PruneDays {
  log: number;
  events: number;
}

/**
 * Has `count` things done, and what they left pruned, by its age and not by their messages'. The alarm
 * is left out: it rings anyway, see `costOfSweep`.
 */
export async function costAlone(
  url: string,
  days: PruneDays,
  count: number,
  act: () => Promise<void>,
): Promise<Spent> {
  await settledMeter(url);
  await pruneAll(url, days);
  await resetMeter(url);
  await act();
  const used = perItem(withoutAlarm(await settledMeter(url)), count);
  await resetMeter(url);
  await pruneAll(url, days);
  const pruned = perItem(withoutAlarm(await readMeter(url)), count);
  return { used, pruned, all: sumOf([used, pruned]) };
}

/** What it costs to prune each of all `count` messages, too old in so many days, with its statuses. */
export async function pruningOf(url: string, days: number, count: number): Promise<Tally> {
  await settledMeter(url);
  await resetMeter(url);
  await pruneAhead(url, days);
  return perItem(withoutAlarm(await readMeter(url)), count);
}

/** What it costs when the alarm rings and there is nothing to do, its housekeeping with it. */
export async function costOfSweep(url: string): Promise<Tally> {
  await settledMeter(url);
  await resetMeter(url);
  await sweepNow(url);
  await pruneAhead(url, 0);
  const { tallies } = await settledMeter(url);
  return sumOf([tallies['alarm'] ?? NOTHING, tallies['pruning'] ?? NOTHING]);
}

async function pruneAll(url: string, { log, events }: PruneDays): Promise<void> {
  await pruneAhead(url, log);
  await pruneAhead(url, events);
}

function withoutAlarm({ tallies }: MeterReport): Tally {
  return sumOf(Object.entries(tallies).flatMap(([kind, tally]) => (kind === 'alarm' ? [] : tally)));
}
