import { eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import { assertAdmin } from '../../inbox/permissions.ts';
import { type Database, readJson } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { dead_letters, events } from '../../store/schema.ts';
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
  const retried = await takeBack(db, eq(dead_letters.id, id));
  if (retried.doorbells.length === 0) throw notFound();
  return retried;
}

/** Takes the oldest dead letters back, at most 100. Throws `forbidden` for anyone but an admin. */
export async function retryDeadLetters(db: Database, actor: User): Promise<Retried> {
  assertAdmin(actor);
  const oldest = query
    .select({ id: dead_letters.id })
    .from(dead_letters)
    .orderBy(dead_letters.id)
    .limit(MAX_RETRIED);
  return takeBack(db, inArray(dead_letters.id, oldest));
}

async function takeBack(db: Database, isWanted: SQL): Promise<Retried> {
  const [, taken, [left]] = await db.batch<
    [unknown[], Pick<DeadLetterRow, 'message'>[], { has_more: number }[]]
  >([
    sql`update ${events} set open = 1 where ${events.open} is null and ${events.seq} in (
          select ${dead_letters.message}->>'seq' from ${dead_letters}
          where ${isWanted} and ${dead_letters.message}->>'kind' = 'event')`,
    query.delete(dead_letters).where(isWanted).returning({ message: dead_letters.message }),
    sql`select exists (select 1 from ${dead_letters}) as has_more`,
  ]);
  return {
    doorbells: taken.map(({ message }) => readJson<Doorbell>(message)),
    hasMore: left?.has_more === 1,
  };
}
