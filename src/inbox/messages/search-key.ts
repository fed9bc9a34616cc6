import { sql } from 'drizzle-orm';

/**
 * The row number that a message has in the search index, over the alias `m` of `messages`: its time, then
 * the end of its own row number, then whose it is. FTS5 gives matches in the order of their row numbers,
 * so they come newest first, from any time on, though messages come late or are imported. Two messages of
 * one second share a key only if a million came between them; then either is found by both's texts.
 */
export const SEARCH_KEY = sql.raw('((m.timestamp << 21) | ((m.n & 1048575) << 1) | m.from_us)');
