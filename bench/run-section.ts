import { startBenchRouter, urlOf, type Place } from './bench-router.ts';
import type { Closers } from './closers.ts';
import { Figures } from './figure.ts';
import type { Options } from './options.ts';
import type { Progress } from './progress.ts';
import { randomFrom } from './random.ts';
import { describeMachine, type SectionResult } from './results.ts';
import type { BenchContext, Section } from './section.ts';

/** How often each section measures. */
const RUNS = { quick: 2, full: 5 };

/** No run begins in a section that has taken so long: all of them have three minutes, or 25. */
const BUDGET_MS = { quick: 15_000, full: 240_000 };

/** What all sections share. */
export interface Shared {
  options: Options;
  place: Place;
  progress: Progress;
  /** Closes what sections start; they run one after the other. */
  closers: Closers;
}

/** Runs a section and closes what it started. What it throws becomes its result's problem. */
export async function runSection(section: Section, shared: Shared): Promise<SectionResult> {
  const { isQuick, seed } = shared.options;
  const startedAt = new Date();
  const figures = new Figures();
  const notes: string[] = [];
  let problem: string | undefined;
  try {
    await section.run(contextFor(section, shared, { figures, notes }));
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  } finally {
    await shared.closers.closeAll();
  }
  return {
    name: section.name,
    title: section.title,
    at: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    isQuick,
    seed,
    machine: describeMachine(),
    figures: figures.list(),
    notes,
    problem,
  };
}

function contextFor(
  { name }: Section,
  { options, place, progress, closers }: Shared,
  { figures, notes }: { figures: Figures; notes: string[] },
): BenchContext {
  const { isQuick, seconds, seed } = options;
  const pace = isQuick ? 'quick' : 'full';
  const runs = RUNS[pace];
  const endsAt = Date.now() + BUDGET_MS[pace];
  return {
    isQuick,
    runs,
    *eachRun() {
      for (let run = 1; run <= runs; run += 1) {
        yield run;
        if (run === runs || Date.now() < endsAt) continue;
        notes.push(`Only ${run} of ${runs} runs: they took longer than they have.`);
        return;
      }
    },
    seconds,
    random: randomFrom(seed),
    routerUrl: urlOf(place),
    startRouter: (settings = {}) => {
      const starting = startBenchRouter(place, settings);
      // Before it runs: Ctrl-C may come while it starts.
      closers.add({ close: () => starting.then((router) => router.close(), ignore) });
      return starting;
    },
    record: (measure, value) => figures.record(measure, value),
    say: (text) => progress.say(`${name}: ${text}`),
    note: (text) => notes.push(text),
    closeAtEnd: (thing) => closers.add(thing),
  };
}

/** Whoever asked for the router was told. */
function ignore(): void {}
