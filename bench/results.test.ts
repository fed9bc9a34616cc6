import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Figures } from './figure.ts';
import { describeMachine, writeResults, type SectionResult } from './results.ts';
import { renderTable } from './table.ts';

const dir = mkdtempSync(join(tmpdir(), 'waypost-results-'));

afterEach(() => rmSync(dir, { recursive: true, force: true }));

function result(name: string, median: number): SectionResult {
  const figures = new Figures();
  figures.record({ name: 'p95', unit: 'ms', limit: { atMost: 12 } }, median);
  return {
    name,
    title: `About ${name}`,
    at: '2026-11-21T00:00:00.000Z',
    seconds: 1,
    isQuick: true,
    seed: 1,
    machine: describeMachine(),
    figures: figures.list(),
    notes: ['A note.'],
    problem: undefined,
  };
}

it('a section measured again takes its own place only in the file of results', () => {
  const path = join(dir, 'results.json');
  writeResults(path, [result('ingest', 5), result('sockets', 6)]);
  writeResults(path, [result('ingest', 7)]);
  const written: SectionResult[] = JSON.parse(readFileSync(path, 'utf8'));
  expect(written.map(({ name, figures }) => [name, figures[0]?.median])).toEqual([
    ['ingest', 7],
    ['sockets', 6],
  ]);
});

it('the table says of each figure whether it keeps its limit', () => {
  const table = renderTable([
    result('ingest', 5.123),
    { ...result('sockets', 13), problem: 'The router ended.' },
  ]);
  expect(table).toMatch(/p95 +5\.12 ms +5\.12 ms +5\.12 ms +<= 12 ms +met/);
  expect(table).toMatch(/p95 +13 ms +13 ms +13 ms +<= 12 ms +NOT MET/);
  expect(table).toContain('A note.');
  expect(table).toContain('Failed: The router ended.');
});
