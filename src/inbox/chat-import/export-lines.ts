import { DIGIT_ZEROS, OTHER_FORMS } from './export-languages.ts';
import { AFTER_DATE, AFTER_TIME, BETWEEN_WORDS, HALF_WORDS, hourOfHalf } from './export-words.ts';

/** A date and a time as a phone wrote them: which part of the date is which is not known yet. */
export interface WrittenClock {
  date: readonly [string, string, string];
  /** 0 to 23. */
  hour: number;
  minute: number;
  /** Undefined on Android, which writes none. */
  second: number | undefined;
}

/** What begins with a date in an export, with all lines up to the next one. */
export interface ExportEntry {
  clock: WrittenClock;
  /** What follows the date: author and text, or what WhatsApp itself says. */
  rest: string;
}

export interface ExportLines {
  /** iPhones write dates in brackets, and mark what WhatsApp itself wrote. */
  isIos: boolean;
  entries: ExportEntry[];
}

const DATE = `(\\d{1,4}) ?[./\\-年년] ?(\\d{1,2}) ?[./\\-月월] ?(\\d{1,4})[.日일]?(?: ?${AFTER_DATE})?`;
const TIME =
  `(?:(${HALF_WORDS}) ?)?(\\d{1,2}) ?[:.h時时點点시] ?(\\d{2})(?:[:.分분] ?(\\d{2})[秒초]?)?[分분]?` +
  `(?: {0,2}(${HALF_WORDS}))?(?: ?${AFTER_TIME})?`;
const BETWEEN = `(?:, ?| )(?:${BETWEEN_WORDS} )?`;

/** How a line may begin. Vietnamese has the time first; the first line says which one it is. */
const STARTS = [
  { isIos: true, isTimeFirst: false, pattern: `\\[${DATE}${BETWEEN}${TIME} ?\\] ` },
  { isIos: true, isTimeFirst: true, pattern: `\\[${TIME}${BETWEEN}${DATE} ?\\] ` },
  { isIos: false, isTimeFirst: false, pattern: `${DATE}${BETWEEN}${TIME} - ` },
  { isIos: false, isTimeFirst: true, pattern: `${TIME}${BETWEEN}${DATE} - ` },
].map(({ pattern, ...start }) => ({ ...start, pattern: new RegExp(`^${pattern}`, 'iu') }));

type Start = (typeof STARTS)[number];

/** No date is longer, with its time and all marks; so a long line costs no more than a short one. */
const MAX_START_CHARACTERS = 120;

/**
 * Splits an exported chat where a line begins with a date, in the way that the first one has. A line
 * without one belongs to the message before it. Undefined where the text begins with no date: it is no
 * exported chat.
 */
export function splitExport(text: string): ExportLines | undefined {
  const lines = text
    .replace(/^\ufeff/, '')
    .trim()
    .split(/\r?\n/);
  const start = STARTS.find((one) => readStart(lines[0] ?? '', one) !== undefined);
  if (start === undefined) return undefined;
  const found: { clock: WrittenClock; lines: string[] }[] = [];
  for (const line of lines) {
    const read = readStart(line, start);
    if (read !== undefined) found.push({ clock: read.clock, lines: [line.slice(read.end)] });
    else found.at(-1)?.lines.push(line);
  }
  const entries = found.map(({ clock, lines: own }) => ({ clock, rest: own.join('\n').trimEnd() }));
  return { isIos: start.isIos, entries };
}

/** The time that a line begins with, and where in the line that ends; undefined where there is none. */
function readStart(line: string, start: Start): { clock: WrittenClock; end: number } | undefined {
  const { text, places } = plainStart(line);
  const match = start.pattern.exec(text);
  if (match === null) return undefined;
  const groups = match.slice(1);
  const clock = start.isTimeFirst
    ? clockOf(groups.slice(5), groups.slice(0, 5))
    : clockOf(groups.slice(0, 3), groups.slice(3));
  const last = places[match[0].length - 1] ?? 0;
  return clock && { clock, end: last + 1 };
}

/** Undefined where it is no time of a day. */
function clockOf(
  [a = '', b = '', c = '']: readonly (string | undefined)[],
  [before, hours, minutes, seconds, after]: readonly (string | undefined)[],
): WrittenClock | undefined {
  const half = before ?? after;
  const hour = half === undefined ? Number(hours) : hourOfHalf(Number(hours), half);
  const minute = Number(minutes);
  const second = seconds === undefined ? undefined : Number(seconds);
  if (hour === undefined || hour > 23 || minute > 59 || (second ?? 0) > 59) return undefined;
  return { date: [a, b, c], hour, minute, second };
}

const PLAIN: ReadonlyMap<string, string> = new Map([
  ...DIGIT_ZEROS.flatMap((zero) =>
    Array.from({ length: 10 }, (_, digit): [string, string] => [
      String.fromCodePoint(zero + digit),
      String(digit),
    ]),
  ),
  ...Object.entries(OTHER_FORMS).flatMap(([plain, others]) =>
    others.split('').map((other): [string, string] => [other, plain]),
  ),
]);

/** Marks of the direction of reading, which phones put around dates, names and their own words. */
const MARK = /[\p{Bidi_Control}\u200b\ufeff]/u;

/**
 * The beginning of a line with digits, spaces and separators of all scripts as ASCII has them and without
 * marks, and where each character of it stands in the line.
 */
function plainStart(line: string): { text: string; places: number[] } {
  const places: number[] = [];
  let text = '';
  const end = Math.min(line.length, MAX_START_CHARACTERS);
  for (let place = 0; place < end; place += 1) {
    const character = line.charAt(place);
    const isAscii = character <= '\x7f';
    if (!isAscii && MARK.test(character)) continue;
    text += isAscii ? character : (PLAIN.get(character) ?? character);
    places.push(place);
  }
  return { text, places };
}
