import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound, WaypostError } from '../../error.ts';
import type { Database } from '../../store/database.ts';
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

const COLUMNS = sql.raw(
  "s.id, s.text, coalesce(u.username, '') as created_by, s.created_at / 1000 as timestamp",
);

/** Returns a page of the saved responses, oldest first, and how many there are; those with a phrase in them. */
export async function listSavedResponses(
  db: Database,
  typed: string | undefined,
  { limit, offset }: PageRange,
): Promise<{ count: number; responses: SavedResponse[] }> {
  const phrase = readPhrase(typed);
  const where = phrase === undefined ? sql`true` : isIn(phrase, sql`s.text`);
  const [[total], responses] = await db.batch<[{ count: number }[], SavedResponse[]]>([
    sql`select count(*) as count from saved_responses s where ${where}`,
    sql`${select(where)} order by s.id limit ${limit} offset ${offset}`,
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
  const [made] = await db.all<{ id: number }>(sql`
    insert into saved_responses (text, user_id, created_at)
    select ${text}, ${user.id}, ${now}
    where (select count(*) from saved_responses) < ${MAX_SAVED_RESPONSES} returning id`);
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
  const isTheirs = actor.role === 'admin' ? sql`true` : sql`user_id = ${actor.id}`;
  const deleted = await db.run(sql`delete from saved_responses where id = ${id} and ${isTheirs}`);
  if (deleted > 0) return;
  const other = await db.first(sql`select 1 from saved_responses where id = ${id}`);
  if (other === undefined) throw notFound();
  throw new WaypostError('forbidden', 'You do not have permission to delete this saved response.');
}

function select(where: SQL): SQL {
  return sql`select ${COLUMNS} from saved_responses s left join users u on u.id = s.user_id where ${where}`;
}
