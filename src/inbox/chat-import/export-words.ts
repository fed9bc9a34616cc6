import { EXPORT_LANGUAGES, type DateOrder } from './export-languages.ts';

export const DATE_ORDERS: readonly DateOrder[] = ['dmy', 'mdy', 'ymd'];

/** Returns the order of a phone's locale, such as `en-US`, `pt_BR` or `de`. */
export function orderOfLocale(locale: string): DateOrder {
  const [language = '', ...rest] = locale.split(/[-_]/);
  const region = rest.find((part) => part.length === 2)?.toUpperCase() ?? '';
  const row = EXPORT_LANGUAGES.find(
    (one) => one.language === language.toLowerCase() && (one.regions?.includes(region) ?? true),
  );
  return row?.order ?? 'dmy';
}

const HALVES = EXPORT_LANGUAGES.flatMap(({ halves }) => halves ?? []).map((half) => ({
  ...half,
  pattern: new RegExp(`^${half.word}$`, 'iu'),
}));

/** Patterns of what stands in and around a date and a time, in any language. */
export const HALF_WORDS = eitherOf(HALVES.map(({ word }) => word));
export const BETWEEN_WORDS = eitherOf(EXPORT_LANGUAGES.flatMap(({ between }) => between ?? []));
export const AFTER_DATE = eitherOf(EXPORT_LANGUAGES.flatMap(({ afterDate }) => afterDate ?? []));
export const AFTER_TIME = eitherOf(EXPORT_LANGUAGES.flatMap(({ afterTime }) => afterTime ?? []));

/** A pattern of several; the longest first, since a shorter one may be its beginning. */
function eitherOf(patterns: readonly string[]): string {
  const sorted = [...new Set(patterns)].toSorted((a, b) => b.length - a.length);
  return `(?:${sorted.join('|')})`;
}

/**
 * Returns the hour of the day (0 to 23) of what a phone with a twelve-hour clock wrote, some of which begin
 * with 0; undefined where there is no such hour.
 */
export function hourOfHalf(hour: number, written: string): number | undefined {
  const half = HALVES.find(({ pattern }) => pattern.test(written));
  if (half === undefined || hour > 23) return undefined;
  if (hour > 12) return hour;
  const early = hour % 12;
  const isIn = (one: number) => one >= half.from && one < half.until;
  if (isIn(early) || isIn(early + 24)) return early;
  return isIn(early + 12) || half.from >= 12 ? early + 12 : early;
}

/** What Android writes behind the name of a file. */
const FILE_WORDS: ReadonlySet<string> = new Set(
  EXPORT_LANGUAGES.flatMap(({ file }) => file ?? []).map((words) => words.normalize('NFC')),
);

/** Whether words in brackets behind the name of a file are Android's. */
export function areFileWords(words: string): boolean {
  return FILE_WORDS.has(
    words
      .replace(/\p{Bidi_Control}/gu, '')
      .trim()
      .normalize('NFC'),
  );
}

/**
 * Parts of what WhatsApp itself says in an export from an iPhone, where it stands there as if one of the
 * two had written it. On Android such a line has no author, in any language.
 */
const NOTICE_PARTS: readonly RegExp[] = [
  // A call and how it went, both marked as nobody can type them: in any language.
  /^[\u200e\u200f][^\n\u200e\u200f]{1,40}[,،、，] ?[\u200e\u200f][^\n]{1,40}$/,
  ...EXPORT_LANGUAGES.flatMap(({ notice }) =>
    notice === undefined ? [] : new RegExp(notice.source.normalize('NFC'), notice.flags),
  ),
];

/** Whether a text that an iPhone has marked as WhatsApp's is no message of anybody's. */
export function isNotice(text: string): boolean {
  const normal = text.normalize('NFC');
  return NOTICE_PARTS.some((part) => part.test(normal));
}
