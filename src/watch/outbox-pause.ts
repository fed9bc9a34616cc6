import { sql } from 'drizzle-orm';
import { type Database, readJson } from '../store/database.ts';
import type { WabaError } from '../waba/parse-error.ts';
import { countUpTo, MAX_COUNTED } from './overdue.ts';

/** Why and since when the outbox stands still. Times are in milliseconds. */
export interface OutboxPause {
  error: WabaError;
  since: number;
  nextAt: number;
  /** How many messages wait, counted up to `MAX_COUNTED`. */
  waiting: number;
}

/** Asks the database whether WhatsApp takes no message of the account's; undefined where it does. */
export async function readOutboxPause(db: Database): Promise<OutboxPause | undefined> {
  const row = await db.first<{ error: string; since: number; nextAt: number; waiting: number }>(sql`
    select error, since_at as since, next_at as nextAt, ${countUpTo(sql`from outbox`)} as waiting
    from outbox_pause`);
  return row === undefined ? undefined : { ...row, error: readJson<WabaError>(row.error) };
}

/** Says it in a sentence for whoever has to act. */
export function pauseSentence({ error, since, nextAt, waiting }: OutboxPause): string {
  const count = waiting === MAX_COUNTED ? `${MAX_COUNTED} or more` : String(waiting);
  const wait = waiting === 1 ? '1 message waits' : `${count} messages wait`;
  const said = `${error.title.replace(/[.\s]+$/, '')} (${error.code})`;
  return `WhatsApp takes no message since ${timeOf(since)}: ${said}. ${wait}; the next try is at ${timeOf(nextAt)}.`;
}

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
