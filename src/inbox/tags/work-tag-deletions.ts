import type { EventChat } from '../../events/audience.ts';
import { and, eq, notExists, sql } from 'drizzle-orm';
import { findUser } from '../../auth/user.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query, type Statement } from '../../store/query.ts';
import { chat_taggings, chats, message_taggings, messages, tags } from '../../store/schema.ts';
import type { WrittenEvent } from '../../events/event.ts';
import { readExtra, type ChatTaggingRow, type Tag } from './tag.ts';
import { removeTagging, type TakeOff } from './take-off.ts';

/** Taggings removed by one step: three statements each, and an invocation has a thousand (D1's limits page). */
const STEP = 20;

/** Steps in one go. */
const MAX_STEPS = 10;

/** What was done, for whoever rings. */
export interface TagDeletions {
  events: WrittenEvent[];
  hasMore: boolean;
}

interface DeletedTag extends Tag {
  deleted_by: number | null;
}

/** `message` is null for a tagging of a chat, `wa_id` where what was tagged is gone. */
type Row = Pick<ChatTaggingRow, 'id' | 'extra'> &
  Omit<EventChat, 'wa_id'> & {
    wa_id: string | null;
    message: string | null;
    waba_id: string | null;
  };

/**
 * Removes the taggings of deleted tags, and tells of each, until `deadline` (milliseconds). What it does
 * is written step by step, so anyone can go on from there. `baseUrl` is that of links in the events.
 */
export async function workTagDeletions(
  stack: StackContext,
  deadline: number,
  baseUrl = stack.config.publicUrl ?? '',
): Promise<TagDeletions> {
  const done: TagDeletions = { events: [], hasMore: false };
  for (let step = 0; ; step += 1) {
    const { id, name, web_inbox_color, deleted_by } = tags;
    const tag = await stack.db.first(
      query
        .select({ id, name, web_inbox_color, deleted_by })
        .from(tags)
        .where(eq(tags.state, 'deleting'))
        .orderBy(id)
        .limit(1),
    );
    if (tag === undefined) return done;
    if (step === MAX_STEPS || Date.now() >= deadline) return { ...done, hasMore: true };
    done.events.push(...(await removeSome(stack, tag, baseUrl)));
  }
}

async function removeSome(
  stack: StackContext,
  tag: DeletedTag,
  baseUrl: string,
): Promise<WrittenEvent[]> {
  const user = await findUser(stack.db, tag.deleted_by ?? 0);
  if (user === undefined) throw new Error('Nobody deleted the tag.');
  const rows = await readSome(stack, tag.id);
  const how = { user, now: Date.now(), baseUrl };
  const statements = await Promise.all(rows.map((row) => removeOne(stack, tag, row, how)));
  const results = await stack.db.batch<WrittenEvent[][]>([
    ...statements.flat(),
    query
      .update(tags)
      .set({ state: 'deleted' })
      .where(
        and(
          eq(tags.id, tag.id),
          eq(tags.state, 'deleting'),
          ...[message_taggings, chat_taggings].map((table) =>
            notExists(query.select({ id: table.id }).from(table).where(eq(table.tag_id, tag.id))),
          ),
        ),
      ),
  ]);
  return results.flat();
}

async function removeOne(
  stack: StackContext,
  tag: Tag,
  { id, message, waba_id, extra, wa_id, ...owner }: Row,
  how: TakeOff,
): Promise<Statement[]> {
  if (wa_id === null) {
    const table = message === null ? chat_taggings : message_taggings;
    return [query.delete(table).where(eq(table.id, id))];
  }
  const found = { id, tag, chat: { ...owner, wa_id }, extra: readExtra(extra) };
  const tagged = message === null ? found : { ...found, message: { id: message, waba_id } };
  return removeTagging(stack, tagged, how);
}

/** The messages first: a chat loses the tag after all that is in it. */
function readSome({ db }: StackContext, tagId: number): Promise<Row[]> {
  return db.all<Row>(sql`
    select * from (
      select g.id, g.extra, g.message, m.waba_id, c.wa_id, c.assigned_user_id, c.assigned_group_id
      from ${message_taggings} g left join ${messages} m on m.id = g.message left join ${chats} c on c.wa_id = m.chat
      where g.tag_id = ${tagId} order by g.timestamp limit ${STEP})
    union all
    select * from (
      select g.id, g.extra, null, null, c.wa_id, c.assigned_user_id, c.assigned_group_id
      from ${chat_taggings} g left join ${chats} c on c.wa_id = g.chat
      where g.tag_id = ${tagId} order by g.last_message desc limit ${STEP})
    limit ${STEP}`);
}
