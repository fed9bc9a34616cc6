import { and, count, eq, sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound, WaypostError } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import { insertWhere, query, type RowsOf } from '../../store/query.ts';
import { tags } from '../../store/schema.ts';
import type { PageRange } from '../long-list.ts';
import { assertMayUseTags, type Tag } from './tag.ts';

const SHOWN = { id: tags.id, name: tags.name, web_inbox_color: tags.web_inbox_color };

/** Their names are read through by every search. */
const MAX_TAGS = 1_000;

/** Returns a page of all tags, oldest first, and how many there are (spec: listTags). */
export async function listTags(
  db: Database,
  { limit, offset }: PageRange,
): Promise<{ count: number; tags: Tag[] }> {
  const counting = countTags();
  const listing = query
    .select(SHOWN)
    .from(tags)
    .where(eq(tags.state, 'live'))
    .orderBy(tags.id)
    .limit(limit)
    .offset(offset);
  const [counted, listed] = await db.batch<[RowsOf<typeof counting>, RowsOf<typeof listing>]>([
    counting,
    listing,
  ]);
  return { count: counted[0]?.count ?? 0, tags: listed };
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
  const isRoom = sql`${countTags()} < ${MAX_TAGS}`;
  const tag = await db.first(insertWhere(tags, { name, web_inbox_color }, isRoom).returning(SHOWN));
  if (tag !== undefined) return tag;
  throw new WaypostError('invalid', `There are ${MAX_TAGS} tags already.`);
}

/**
 * Deletes a tag (spec: destroyTag): nobody sees it any more. Its taggings are removed afterwards, see
 * `workTagDeletions`. Throws `forbidden` where the user may use no tags and `not_found` where there is none.
 */
export async function deleteTag(db: Database, user: User, id: number): Promise<void> {
  assertMayUseTags(user);
  const changed = await db.run(
    query
      .update(tags)
      .set({ state: 'deleting', deleted_by: user.id })
      .where(and(eq(tags.id, id), eq(tags.state, 'live'))),
  );
  if (changed === 0) throw notFound();
}

function countTags() {
  return query
    .select({ count: count().as('count') })
    .from(tags)
    .where(eq(tags.state, 'live'));
}
