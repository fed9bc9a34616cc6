import { count, eq } from 'drizzle-orm';
import type { Group } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import { query, type RowsOf } from '../../store/query.ts';
import { groups } from '../../store/schema.ts';
import type { PageRange } from '../long-list.ts';

/** Returns a page of the groups by id, and how many there are: those of the first migration, a handful. */
export async function listGroups(
  db: Database,
  { limit, offset }: PageRange,
): Promise<{ count: number; groups: Group[] }> {
  const counting = query.select({ count: count().as('count') }).from(groups);
  const [[total], listed] = await db.batch<[RowsOf<typeof counting>, Group[]]>([
    counting,
    query.select().from(groups).orderBy(groups.id).limit(limit).offset(offset),
  ]);
  return { count: total?.count ?? 0, groups: listed };
}

/** Returns a group. Throws `not_found` where there is none with this id. */
export async function retrieveGroup(db: Database, id: number): Promise<Group> {
  const group = await findGroup(db, id);
  if (group === undefined) throw notFound();
  return group;
}

/** Returns a group, or undefined. */
export async function findGroup(db: Database, id: number): Promise<Group | undefined> {
  return db.first(query.select().from(groups).where(eq(groups.id, id)));
}
