import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound, WaypostError } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import type { PageRange } from '../long-list.ts';
import { assertMayUseTags, type Tag } from './tag.ts';

/** Their names are read through by every search. */
const MAX_TAGS = 1_000;

/** Returns a page of all tags, oldest first, and how many there are (spec: listTags). */
export async function listTags(
  db: Database,
  { limit, offset }: PageRange,
): Promise<{ count: number; tags: Tag[] }> {
  const [counted, tags] = await db.batch<[{ count: number }[], Tag[]]>([
    sql`select count(*) as count from tags where state = 'live'`,
    sql`select id, name, web_inbox_color from tags where state = 'live'
        order by id limit ${limit} offset ${offset}`,
  ]);
  return { count: counted[0]?.count ?? 0, tags };
}

/**
 * Makes a tag (spec: createTag); several may have the same name. Throws `forbidden` where the user may
 * use no tags and `invalid` where there are too many.
 */
export async function createTag(
  db: Database,
  user: User,
  { name, web_inbox_color }: Omit<Tag, 'id'>,
): Promise<Tag> {
  assertMayUseTags(user);
  const tag = await db.first<Tag>(sql`
    insert into tags (name, web_inbox_color) select ${name}, ${web_inbox_color}
    where (select count(*) from tags where state = 'live') < ${MAX_TAGS}
    returning id, name, web_inbox_color`);
  if (tag !== undefined) return tag;
  throw new WaypostError('invalid', `There are ${MAX_TAGS} tags already.`);
}

/**
 * Deletes a tag (spec: destroyTag): nobody sees it any more. Its taggings are removed afterwards, see
 * `workTagDeletions`. Throws `forbidden` where the user may use no tags and `not_found` where there is none.
 */
export async function deleteTag(db: Database, user: User, id: number): Promise<void> {
  assertMayUseTags(user);
  const changed = await db.run(sql`
    update tags set state = 'deleting', deleted_by = ${user.id} where id = ${id} and state = 'live'`);
  if (changed === 0) throw notFound();
}
