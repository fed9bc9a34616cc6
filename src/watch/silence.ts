import { sql } from 'drizzle-orm';
import type { Database } from '../store/database.ts';

/** How long WhatsApp has said nothing, and how long it was silent before at most. Milliseconds. */
export interface Silence {
  /** Since the last body of WhatsApp's; null where none is kept. */
  sinceMs: number | null;
  /** The longest of the past; null where too little has come to tell. */
  usualMs: number | null;
}

/** Each costs a row read with every look. */
const SAMPLES = 200;

/** Fewer say nothing about nights and weekends. */
const MIN_SAMPLES = 20;

/** Nights and pauses for lunch worry nobody. */
const MIN_UNUSUAL_MS = 6 * 3_600_000;

/** For a stack about which too little is known: a weekend and a holiday. */
const UNKNOWN_USUAL_MS = 84 * 3_600_000;

const TIMES_USUAL = 2;

const HOUR_MS = 3_600_000;

interface Sample {
  at: number;
}

/**
 * Reads how long WhatsApp has been silent at `now` (milliseconds). The past is seen in 200 events, evenly
 * spread over all that are kept: between two of them lies every silence there was, so it is never taken
 * for shorter.
 */
export async function readSilence(db: Database, now: number): Promise<Silence> {
  const [newest, samples] = await db.batch<[{ at: number | null }[], Sample[]]>([
    sql`select max(created_at) as at from
      (select kind, created_at from events order by seq desc limit ${SAMPLES}) where kind = 'waba'`,
    sql`with recursive range(low, high) as
        (select (select min(seq) from events), (select max(seq) from events)),
      place(n) as (select 0 union all select n + 1 from place where n < ${SAMPLES - 1})
      select e.created_at as at from range cross join place
        cross join events e on e.seq = low + (high - low) * n / cast(${SAMPLES - 1} as integer)
        where e.kind = 'waba' order by place.n`,
  ]);
  const last = newest[0]?.at ?? samples.at(-1)?.at;
  return {
    sinceMs: last === undefined ? null : Math.max(0, now - last),
    usualMs: longestGap(samples.map(({ at }) => at)),
  };
}

/** Of times in order; null where there are too few. */
function longestGap(times: readonly number[]): number | null {
  const distinct = [...new Set(times)];
  if (distinct.length < MIN_SAMPLES) return null;
  const gaps = distinct.slice(1).map((time, index) => time - (distinct[index] ?? time));
  return Math.max(...gaps);
}

/** A sentence where WhatsApp has been silent for unusually long; none where it has not. */
export function silenceWarning({ sinceMs, usualMs }: Silence): string[] {
  if (sinceMs === null) return [];
  const bound = Math.max(MIN_UNUSUAL_MS, TIMES_USUAL * (usualMs ?? UNKNOWN_USUAL_MS));
  if (sinceMs <= bound) return [];
  const hours = Math.floor(sinceMs / HOUR_MS);
  return [`WhatsApp has said nothing for ${hours} hours, which is unusually long.`];
}
