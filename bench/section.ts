import type { BenchRouter } from './bench-router.ts';

/** One part of the bench: what is asked for by its name, as in `npm run bench ingest`. */
export interface Section {
  name: string;
  /** What the table calls it. */
  title: string;
  /** Only run when it is named. */
  isOnDemand?: boolean;
  /** Measures `context.runs` times. What it throws ends this section; its figures so far are kept. */
  run(context: BenchContext): Promise<void>;
}

export type Unit =
  | 'ms'
  | 's'
  | '/s'
  | '×'
  | '%'
  | 'MB'
  | 'KB'
  | 'MB/h'
  | 'rows'
  | 'operations'
  | '$'
  | '';

/** What a figure has to keep. */
export type Limit = { atMost: number } | { atLeast: number };

/** What is measured. Its name tells it from the others of its section. */
export interface Measure {
  name: string;
  unit: Unit;
  /** Without one the figure is for information, or a baseline. */
  limit?: Limit;
}

/** What a section works with. All that is started through it ends with the bench, also at Ctrl-C. */
export interface BenchContext {
  /** All sections together have three minutes then, else 25. */
  isQuick: boolean;
  /** How often to measure: of so many values a figure is the median, with the least and the most. */
  runs: number;
  /** The numbers of the runs, from 1 on; on a slow machine it stops early, and the table says so. */
  eachRun(): Iterable<number>;
  /** What `--seconds` said, for sections of free length. */
  seconds: number | undefined;
  /** Numbers from 0 to below 1, the same ones for every section in every bench (`--seed` gives others). */
  random: () => number;
  /** Where the next router will be. */
  routerUrl: string;
  /**
   * Starts the Worker as `npm start` does, on empty storage, with settings on top of the defaults. The
   * bench has one port: close a router before the next. `WORKER_ENTRY` puts another module in the
   * place of bench/worker/bench-worker.ts.
   */
  startRouter(settings?: Record<string, string>): Promise<BenchRouter>;
  /** Notes one run's value of a figure. A ratio is taken within one run. */
  record(measure: Measure, value: number): void;
  /** Says what is going on, in a line that the next one takes the place of. */
  say(text: string): void;
  /** Says something that is to stand below the table. */
  note(text: string): void;
  /** Has something closed when the section ends, however it ends: the latest first. */
  closeAtEnd(thing: { close(): Promise<void> }): void;
}
