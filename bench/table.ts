import { styleText } from 'node:util';
import type { Figure } from './figure.ts';
import type { Limit, Unit } from './section.ts';
import type { SectionResult } from './results.ts';

const HEAD = ['', 'median', 'min', 'max', 'limit', ''];

/** From so much on a value's fraction says nothing. */
const WHOLE_FROM = 100;

/** Shows what sections gave, a line for each figure; in colours where the terminal has them. */
export function renderTable(results: readonly SectionResult[]): string {
  const rows = results.flatMap(({ figures }) => figures.map(cellsOf));
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const sections = results.map((result) =>
    [
      styleText('bold', `${result.name}: ${result.title}`) +
        ` (${result.isQuick ? 'quick, ' : ''}${Math.round(result.seconds)} s)`,
      ...(result.figures.length === 0 ? [] : [line(HEAD, widths)]),
      ...result.figures.map((figure) => line(cellsOf(figure), widths)),
      ...result.notes.map((note) => `  ${note}`),
      ...(result.problem === undefined ? [] : [styleText('red', `  Failed: ${result.problem}`)]),
    ].join('\n'),
  );
  return sections.join('\n\n');
}

function cellsOf({ name, unit, median, min, max, limit, isMet }: Figure): string[] {
  return [
    name,
    ...[median, min, max].map((value) => show(value, unit)),
    showLimit(limit, unit),
    mark(isMet),
  ];
}

function line(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
  );
  const text = `  ${padded.join('  ')}`.trimEnd();
  return text.endsWith('NOT MET') ? styleText('red', text) : text;
}

function show(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return 'none';
  const digits = Number.isInteger(value) || Math.abs(value) >= WHOLE_FROM ? 0 : 2;
  return `${value.toFixed(digits)}${unit === '' ? '' : ` ${unit}`}`;
}

function showLimit(limit: Limit | undefined, unit: Unit): string {
  if (limit === undefined) return '';
  return 'atMost' in limit ? `<= ${show(limit.atMost, unit)}` : `>= ${show(limit.atLeast, unit)}`;
}

function mark(isMet: boolean | undefined): string {
  if (isMet === undefined) return '';
  return isMet ? 'met' : 'NOT MET';
}
