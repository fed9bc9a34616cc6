import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import type { Database } from '../../store/database.ts';
import {
  asLongList,
  countRows,
  spanOf,
  takePart,
  type Counted,
  type LongList,
} from '../../inbox/long-list.ts';
import type { Part } from '../../inbox/part.ts';
import { assertAdmin } from '../../inbox/users/admin-only.ts';
import { toDeadLetter, type DeadLetter, type DeadLetterRow } from './dead-letter.ts';

/** Returns a part of the dead letters, newest first. Throws `forbidden` for anyone but an admin. */
export async function listDeadLetters(
  db: Database,
  actor: User,
  part: Part,
): Promise<LongList<DeadLetter>> {
  assertAdmin(actor);
  const [rows, counted] = await db.batch<[DeadLetterRow[], Counted[]]>([
    sql`select * from dead_letters order by id desc ${takePart(part)}`,
    countRows(sql`from dead_letters`, spanOf('dead_letters')),
  ]);
  const list = asLongList(rows, counted, part);
  return { ...list, items: list.items.map(toDeadLetter) };
}
