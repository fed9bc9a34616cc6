import { sql } from 'drizzle-orm';
import type { Group } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import type { PageRange } from '../long-list.ts';

/** Returns a page of the groups by id, and how many there are: those of the first migration, a handful. */
export async function listGroups(
  db: Database,
  { limit, offset }: PageRange,
): Promise<{ count: number; groups: Group[] }> {
  const [[total], groups] = await db.batch<[{ count: number }[], Group[]]>([
    sql`select count(*) as count from groups`,
    sql`select id, name from groups order by id limit ${limit} offset ${offset}`,
  ]);
  return { count: total?.count ?? 0, groups };
}

/** Returns a group. Throws `not_found` where there is none with this id. */
export async function retrieveGroup(db: Database, id: number): Promise<Group> {
  const group = await db.first<Group>(sql`select id, name from groups where id = ${id}`);
  if (group === undefined) throw notFound();
  return group;
}
