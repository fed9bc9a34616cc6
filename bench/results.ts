import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Figure } from './figure.ts';

/** What a section gave. */
export interface SectionResult {
  name: string;
  title: string;
  /** When it began, in ISO 8601; and how long it took. */
  at: string;
  seconds: number;
  isQuick: boolean;
  seed: number;
  machine: Machine;
  figures: Figure[];
  notes: string[];
  /** Why it ended early; undefined where it did not. */
  problem: string | undefined;
}

/** What the figures depend on beside the code. */
export interface Machine {
  processor: string;
  cores: number;
  memoryMb: number;
  node: string;
  platform: string;
}

/** The machine that this runs on. */
export function describeMachine(): Machine {
  const [first] = cpus();
  return {
    processor: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 1024 ** 2),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/**
 * Writes what sections gave to a file, each in the place of what it gave before: the others stay, each
 * with its own date.
 */
export function writeResults(path: string, results: readonly SectionResult[]): void {
  const earlier: SectionResult[] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
  const byName = new Map([...earlier, ...results].map((result) => [result.name, result]));
  writeFileSync(path, `${JSON.stringify([...byName.values()], undefined, 2)}\n`);
}
