import type { DateOrder } from './export-languages.ts';
import type { WrittenClock } from './export-lines.ts';
import { DATE_ORDERS, orderOfLocale } from './export-words.ts';

/** Nobody has a message from before WhatsApp was there. */
const FIRST_YEAR = 2009;

/** How far the years of the Buddha are ahead, as Thai phones write them: WhatsApp's first was 2552. */
const BUDDHIST_YEARS = 543;

/** Where a phone stands, and how late it can be there by now. */
export interface DateContext {
  /** The phone's locale: it is asked where the dates themselves allow several orders. */
  locale: string;
  /** Seconds, by the phone's own clock: no message is younger. */
  latest: number;
}

/**
 * Reads the times of a whole export: seconds, as the phone's clock showed them. The order of day and
 * month is one in which every date exists and time runs backwards least; of several such the locale's.
 * Undefined where there is none.
 */
export function readClocks(
  clocks: readonly WrittenClock[],
  { locale, latest }: DateContext,
): number[] | undefined {
  let best: { times: number[]; backward: number } | undefined;
  for (const order of new Set([orderOfLocale(locale), ...DATE_ORDERS])) {
    const times = timesIn(clocks, order, latest);
    const backward = times === undefined ? Infinity : countBackward(times);
    if (times !== undefined && backward < (best?.backward ?? Infinity)) best = { times, backward };
  }
  return best?.times;
}

function timesIn(
  clocks: readonly WrittenClock[],
  order: DateOrder,
  latest: number,
): number[] | undefined {
  const times: number[] = [];
  for (const clock of clocks) {
    const time = timeOf(clock, order);
    if (time === undefined || time > latest) return undefined;
    times.push(time);
  }
  return times;
}

/** Undefined where there is no such date. */
function timeOf(
  { date, hour, minute, second }: WrittenClock,
  order: DateOrder,
): number | undefined {
  const part = (letter: string): string => date[order.indexOf(letter)] ?? '';
  const [years, month, day] = [part('y'), Number(part('m')), Number(part('d'))];
  if ((years.length !== 2 && years.length !== 4) || part('d').length > 2) return undefined;
  const year = gregorianYear(years);
  const ms = Date.UTC(year, month - 1, day, hour, minute, second ?? 0);
  const read = new Date(ms);
  const isThere = read.getUTCMonth() === month - 1 && read.getUTCDate() === day;
  return isThere && year >= FIRST_YEAR ? ms / 1000 : undefined;
}

function gregorianYear(years: string): number {
  const year = Number(years);
  const buddhist = years.length === 2 ? 2500 + year : year;
  if (buddhist >= FIRST_YEAR + BUDDHIST_YEARS) return buddhist - BUDDHIST_YEARS;
  return years.length === 2 ? 2000 + year : year;
}

function countBackward(times: readonly number[]): number {
  return times.filter((time, index) => time < (times[index - 1] ?? 0)).length;
}
