import { pause } from '../../test/support/pause.ts';
import type { MeterReport } from './meter-report.ts';
import { operationsOf, sumOf } from './tally.ts';

/** Milliseconds; when nothing is counted for so long, what was begun is done. */
const QUIET_MS = 400;
const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 60_000;

/** Begins to count anew. */
export async function resetMeter(url: string): Promise<void> {
  await fetch(`${url}/__meter`, { method: 'POST' });
}

/** What a router has used since the last reset. */
export async function readMeter(url: string): Promise<MeterReport> {
  const response = await fetch(`${url}/__meter`);
  const report: MeterReport = JSON.parse(await response.text());
  return report;
}

/** Waits until a router has nothing more to do; returns what it has used. Throws when that takes too long. */
export async function settledMeter(url: string): Promise<MeterReport> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  let report = await readMeter(url);
  let quietSince = Date.now();
  while (Date.now() - quietSince < QUIET_MS) {
    if (Date.now() > giveUpAt) throw new Error('The router does not come to rest.');
    await pause(LOOK_EVERY_MS);
    const next = await readMeter(url);
    if (workOf(next) !== workOf(report)) quietSince = Date.now();
    report = next;
  }
  return report;
}

/** Has the router remove what will be too old in some days. */
export async function pruneAhead(url: string, days: number): Promise<void> {
  const response = await fetch(`${url}/__prune?days=${days}`);
  if (!response.ok) throw new Error(`Pruning failed: ${response.status} ${await response.text()}`);
}

/** Has the alarm ring, and waits until it has. Throws when it does not. */
export async function sweepNow(url: string): Promise<void> {
  await fetch(`${url}/__sweep`);
  const giveUpAt = Date.now() + PATIENCE_MS;
  while ((await readMeter(url)).tallies['alarm'] === undefined) {
    if (Date.now() > giveUpAt) throw new Error('The alarm does not ring.');
    await pause(LOOK_EVERY_MS);
  }
}

function workOf({ tallies }: MeterReport): number {
  return operationsOf(sumOf(Object.values(tallies)));
}
