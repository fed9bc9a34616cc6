// `npm run bench`: what the router does in figures, beside what it promises.
import { join } from 'node:path';
import { StartProblem } from '../scripts/local/start-problem.ts';
import { readOptions } from './options.ts';
import { writeResults, type SectionResult } from './results.ts';
import { SECTIONS } from './sections.ts';
import { startBench, type Bench } from './start-bench.ts';
import { renderTable } from './table.ts';

const ROOT = join(import.meta.dirname, '..');
const RESULTS = join('bench', 'results.json');

/** As shells report a program that Ctrl-C ended. */
const INTERRUPTED = 130;

process.chdir(ROOT);
try {
  await main();
} catch (error) {
  console.error(error instanceof StartProblem ? error.message : error);
  process.exit(1);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env, SECTIONS);
  const bench = await startBench(options, process.env);
  const interruption = closeOnSignals(bench);
  let results: SectionResult[];
  try {
    results = await bench.run();
  } finally {
    await bench.close();
  }
  // What was cut short is no result.
  if (interruption.signal.aborted) return;
  writeResults(RESULTS, results);
  console.log(`${renderTable(results)}\n\nWritten to ${RESULTS}.`);
  process.exit(results.some(({ problem }) => problem !== undefined) ? 1 : 0);
}

/** Cleans up and ends at the first signal; npm passes on the one that the terminal has sent already. */
function closeOnSignals(bench: Bench): AbortController {
  const interruption = new AbortController();
  const onSignal = (): void => {
    if (interruption.signal.aborted) return;
    interruption.abort();
    void bench.close().finally(() => process.exit(INTERRUPTED));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  return interruption;
}
