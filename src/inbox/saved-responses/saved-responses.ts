import { and, count, eq, sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound, WaypostError } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import { insertWhere, query, type RowsOf } from '../../store/query.ts';
import { saved_responses, users } from '../../store/schema.ts';
import type { PageRange } from '../long-list.ts';
import { isIn, readPhrase } from '../messages/phrase.ts';

/** A text that people send often (spec: createSavedResponse). */
export interface SavedResponse {
  id: number;
  text: string;
  /** A username. */
  created_by: string;
  /** Seconds. */
  timestamp: number;
}

/** So few that a list and a search may read them all; far more than anybody finds anything in. */
const MAX_SAVED_RESPONSES = 1_000;

/** Returns a page of the saved responses, oldest first, and how many there are; those with a phrase in them. */
export async function listSavedResponses(
  db: Database,
  typed: string | undefined,
  { limit, offset }: PageRange,
): Promise<{ count: number; responses: SavedResponse[] }> {
  const phrase = readPhrase(typed);
  const where = phrase === undefined ? undefined : isIn(phrase, sql`${saved_responses.text}`);
  const counting = query
    .select({ count: count().as('count') })
    .from(saved_responses)
    .where(where);
  const listing = query
    .select({
      id: saved_responses.id,
      text: saved_responses.text,
      created_by: sql<string>`coalesce(${users.username}, '')`.as('created_by'),
      timestamp: sql<number>`${saved_responses.created_at} / 1000`.as('timestamp'),
    })
    .from(saved_responses)
    .leftJoin(users, eq(users.id, saved_responses.user_id))
    .where(where)
    .orderBy(saved_responses.id)
    .limit(limit)
    .offset(offset);
  const [[total], responses] = await db.batch<[RowsOf<typeof counting>, RowsOf<typeof listing>]>([
    counting,
    listing,
  ]);
  return { count: total?.count ?? 0, responses };
}

/** Saves a text for everyone at `now` (milliseconds). Throws `conflict` where there are too many. */
export async function createSavedResponse(
  db: Database,
  user: User,
  text: string,
  now: number,
): Promise<SavedResponse> {
  const isRoom = sql`(select count(*) from ${saved_responses}) < ${MAX_SAVED_RESPONSES}`;
  const row = { text, user_id: user.id, created_at: now };
  const made = await db.first(
    insertWhere(saved_responses, row, isRoom).returning({ id: saved_responses.id }),
  );
  if (made === undefined) {
    const problem = `There are ${MAX_SAVED_RESPONSES} saved responses already; delete some first.`;
    throw new WaypostError('conflict', problem);
  }
  return { id: made.id, text, created_by: user.username, timestamp: Math.floor(now / 1000) };
}

/**
 * Deletes a saved response. Throws `not_found` where there is none with this id, and `forbidden` for
 * somebody else's, unless `actor` is an admin.
 */
export async function deleteSavedResponse(db: Database, actor: User, id: number): Promise<void> {
  const isOne = eq(saved_responses.id, id);
  const isTheirs = actor.role === 'admin' ? undefined : eq(saved_responses.user_id, actor.id);
  const deleted = await db.run(query.delete(saved_responses).where(and(isOne, isTheirs)));
  if (deleted > 0) return;
  const other = await db.first(
    query.select({ id: saved_responses.id }).from(saved_responses).where(isOne),
  );
  if (other === undefined) throw notFound();
  throw new WaypostError('forbidden', 'You do not have permission to delete this saved response.');
}
