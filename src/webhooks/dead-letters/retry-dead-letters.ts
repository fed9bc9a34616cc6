import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import { assertAdmin } from '../../inbox/permissions.ts';
import { type Database, readJson } from '../../store/database.ts';
import type { DeadLetterRow, Doorbell } from './dead-letter.ts';

/** A queue takes so many messages at once (Queues limits). */
const MAX_RETRIED = 100;

/** Dead letters that were driven again. */
export interface Retried {
  /** What is to be rung now; where that fails the Stack object rings, since the rows are as before. */
  doorbells: Doorbell[];
  hasMore: boolean;
}

/**
 * Takes a dead letter back: its row goes and its event is open again. Throws `forbidden` for anyone but
 * an admin, `not_found` where there is none.
 */
export async function retryDeadLetter(db: Database, actor: User, id: number): Promise<Retried> {
  assertAdmin(actor);
  const retried = await takeBack(db, sql`${id}`);
  if (retried.doorbells.length === 0) throw notFound();
  return retried;
}

/** Takes the oldest dead letters back, at most 100. Throws `forbidden` for anyone but an admin. */
export async function retryDeadLetters(db: Database, actor: User): Promise<Retried> {
  assertAdmin(actor);
  return takeBack(db, sql`select id from dead_letters order by id limit ${MAX_RETRIED}`);
}

/** `ids` is what stands between the brackets of `in (…)`. */
async function takeBack(db: Database, ids: SQL): Promise<Retried> {
  const [, taken, [left]] = await db.batch<
    [unknown[], Pick<DeadLetterRow, 'message'>[], { has_more: number }[]]
  >([
    sql`update events set open = 1 where open is null and seq in (
          select message->>'seq' from dead_letters
          where id in (${ids}) and message->>'kind' = 'event')`,
    sql`delete from dead_letters where id in (${ids}) returning message`,
    sql`select exists (select 1 from dead_letters) as has_more`,
  ]);
  return {
    doorbells: taken.map(({ message }) => readJson<Doorbell>(message)),
    hasMore: left?.has_more === 1,
  };
}
