import type { Database } from '../../store/database.ts';
import { findMedia, type MediaRow } from './media-row.ts';

/** A picture is asked for as soon as a browser hears of its message; fetching it takes a second or two. */
const FRESH_MS = 60_000;

/** Looks at a row that cost next to nothing; the last look is after some six seconds. */
const WAITS_MS: readonly number[] = [100, 200, 300, 400, 500, 500, 1_000, 1_000, 1_000, 1_000];

/**
 * Waits, a few seconds at most, for a file that has just come in and is being fetched for the first
 * time: a browser does not ask for a picture again. Returns its row as it is then.
 */
export async function awaitFetch(db: Database, file: MediaRow, now: number): Promise<MediaRow> {
  let latest = file;
  for (const wait of WAITS_MS) {
    const isUnderWay = latest.state === 'pending' && latest.attempts === 0;
    if (!isUnderWay || now - latest.created_at > FRESH_MS) return latest;
    await new Promise((resolve) => setTimeout(resolve, wait));
    latest = (await findMedia(db, latest.id)) ?? latest;
  }
  return latest;
}
