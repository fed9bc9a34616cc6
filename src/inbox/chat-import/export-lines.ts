import { BETWEEN_WORDS, HALVES } from './export-words.ts';

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

const DATE = String.raw`(\d{1,4})[./-]\s?(\d{1,2})[./-]\s?(\d{1,4})\.?`;
const BETWEEN = String.raw`,?\s(?:(?:${BETWEEN_WORDS.join('|')})\s)?`;
const HALF = `(${HALVES.map(({ pattern }) => pattern).join('|')})`;
const TIME = String.raw`(\d{1,2})\s?[:.h]\s?(\d{2})(?:[:.](\d{2}))?(?:\s?${HALF})?`;

/** Marks of the direction of reading, which phones put around dates, names and their own words. */
const MARKS = String.raw`[\u200e\u200f\u202a-\u202e]*`;

const IOS_LINE = new RegExp(`^${MARKS}\\[${DATE}${BETWEEN}${TIME}\\]\\s(.*)$`, 'iu');
const ANDROID_LINE = new RegExp(`^${MARKS}${DATE}${BETWEEN}${TIME}\\s[-–]\\s(.*)$`, 'iu');

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
  const isIos = IOS_LINE.test(lines[0] ?? '');
  const pattern = isIos ? IOS_LINE : ANDROID_LINE;
  const found: { clock: WrittenClock; lines: string[] }[] = [];
  for (const line of lines) {
    const match = pattern.exec(line);
    const clock = match === null ? undefined : clockOf(match);
    if (clock !== undefined) found.push({ clock, lines: [match?.at(-1) ?? ''] });
    else if (found.length === 0) return undefined;
    else found.at(-1)?.lines.push(line);
  }
  const entries = found.map(({ clock, lines: own }) => ({ clock, rest: own.join('\n').trimEnd() }));
  return { isIos, entries };
}

/** Undefined where it is no time of a day. */
function clockOf([, a, b, c, hours, minutes, seconds, half]: RegExpExecArray):
  | WrittenClock
  | undefined {
  const hour = half === undefined ? Number(hours) : hourOfHalf(Number(hours), half);
  const minute = Number(minutes);
  const second = seconds === undefined ? undefined : Number(seconds);
  if (hour === undefined || hour > 23 || minute > 59 || (second ?? 0) > 59) return undefined;
  return { date: [a ?? '', b ?? '', c ?? ''], hour, minute, second };
}

function hourOfHalf(hour: number, half: string): number | undefined {
  if (hour < 1 || hour > 12) return undefined;
  const isAfternoon = HALVES.some(
    (one) => one.isAfternoon && new RegExp(`^${one.pattern}$`, 'iu').test(half),
  );
  return (hour % 12) + (isAfternoon ? 12 : 0);
}
