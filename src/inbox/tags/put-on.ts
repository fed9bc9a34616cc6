import type { EventChat } from '../../events/audience.ts';
import { and, count, eq, sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { invalidField, WaypostError } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { insertWhere, query, type RowsOf, type Statement } from '../../store/query.ts';
import { chat_taggings, chats, message_taggings, messages, tags } from '../../store/schema.ts';
import type { JsonRecord } from '../../waba/json-record.ts';
import type { WrittenEvent } from '../../events/event.ts';
import { areRecorded, placeActs, recordActs, type PlacedActs } from './record-acts.ts';
import type { Tag } from './tag.ts';
import type { TaggedMessage, TaggingAct } from './tagging-event.ts';

/** What is to be tagged. */
export interface Target {
  chat: EventChat;
  /** Undefined where it is the chat itself. */
  message: (TaggedMessage & { timestamp: number }) | undefined;
}

/** Who tags, with what, and what they want to remember. `baseUrl` is that of links in the event. */
export interface NewTagging {
  user: User;
  tagId: number;
  extra: JsonRecord | null;
  /** Milliseconds. */
  now: number;
  baseUrl: string;
}

/** What has come of it. */
export interface PutOn {
  /** The tagging's id. */
  id: number;
  tag: Tag;
  event: WrittenEvent;
}

/** Every message of a chat brings its tags along, and writes a row for each. */
export const MAX_TAGS_EACH = 100;

/** How often a tagging is tried anew after somebody else tagged the same meanwhile. */
const MAX_RACES = 5;

/** What of the target is tagged already. */
type There = RowsOf<ReturnType<typeof selectThere>>[number];

/**
 * Tags a chat, or a message and with it its chat, and tells of it: all or nothing. Throws `invalid` for a
 * tag that there is not, for a target that has it already and for one that has too many.
 */
export async function putOn(
  { db, files }: Pick<StackContext, 'db' | 'files'>,
  target: Target,
  wanted: NewTagging,
): Promise<PutOn> {
  for (let race = 0; race < MAX_RACES; race += 1) {
    const there = await db.first(selectThere(target, wanted.tagId));
    if (there === undefined) throw unknownTag(wanted.tagId);
    refuse(target, there);
    const placed = await placeActs(files, actsOf(target, there, wanted), wanted.baseUrl);
    const [events, ...results] = await db.batch<[WrittenEvent[], ...{ id: number }[][]]>([
      ...recordActs(placed, isAsRead(target, there)),
      ...insertTaggings(target, there, wanted, placed),
    ]);
    const event = events[0];
    const id = results.at(-1)?.[0]?.id;
    if (event !== undefined && id !== undefined) return { id, tag: there, event };
  }
  throw new WaypostError('conflict', 'Others are tagging the same. Try again.');
}

/** An `invalid` error in the service's words. */
function unknownTag(id: number): WaypostError {
  return invalidField('tag', `Invalid pk "${id}" - object does not exist.`);
}

function selectThere({ chat, message }: Target, tagId: number) {
  const onChat = eq(chat_taggings.chat, chat.wa_id);
  const onMessage = eq(message_taggings.message, message?.id ?? '');
  const { id, name, web_inbox_color } = tags;
  const tagging = query
    .select({ id: chat_taggings.id })
    .from(chat_taggings)
    .where(and(onChat, eq(chat_taggings.tag_id, tagId)));
  const messageTagging = query
    .select({ id: message_taggings.id })
    .from(message_taggings)
    .where(and(onMessage, eq(message_taggings.tag_id, tagId)));
  const chatTags = query.select({ count: count() }).from(chat_taggings).where(onChat);
  const messageTags = query.select({ count: count() }).from(message_taggings).where(onMessage);
  return query
    .select({
      id,
      name,
      web_inbox_color,
      chat_tagging: sql<number | null>`${tagging}`.as('chat_tagging'),
      chat_tags: sql<number>`${chatTags}`.as('chat_tags'),
      message_tagging: sql<number | null>`${messageTagging}`.as('message_tagging'),
      message_tags: sql<number>`${messageTags}`.as('message_tags'),
    })
    .from(tags)
    .where(and(eq(id, tagId), eq(tags.state, 'live')));
}

function refuse({ message }: Target, there: There): void {
  const name = message === undefined ? 'chat' : 'message';
  const isThere = (message === undefined ? there.chat_tagging : there.message_tagging) !== null;
  if (isThere) {
    throw invalidField('non_field_errors', `The fields tag, ${name} must make a unique set.`);
  }
  const isFull =
    there.message_tags >= MAX_TAGS_EACH ||
    (there.chat_tagging === null && there.chat_tags >= MAX_TAGS_EACH);
  if (isFull) throw invalidField('tag', `There are ${MAX_TAGS_EACH} tags on it already.`);
}

function actsOf(
  { chat, message }: Target,
  there: There,
  { user, extra, now }: NewTagging,
): [TaggingAct, ...TaggingAct[]] {
  const act = { action: 'added', tag: there, chat, user, at: now } as const;
  const onChat = { ...act, message: undefined };
  if (message === undefined) return [{ ...onChat, extra }];
  // What the caller wants to remember is about the message.
  const own = { ...act, message, extra };
  return there.chat_tagging === null ? [own, { ...onChat, extra: null }] : [own];
}

/** Whether nothing has changed since it was read. */
function isAsRead({ chat, message }: Target, { id, chat_tagging }: There): SQL {
  const { wa_id: waId } = chat;
  const isTagged = sql`exists (select 1 from ${chat_taggings}
    where ${chat_taggings.chat} = ${waId} and ${chat_taggings.tag_id} = ${id})`;
  const isSame =
    message === undefined
      ? sql`exists (select 1 from ${chats} where ${chats.wa_id} = ${waId})`
      : sql`exists (select 1 from ${messages} where ${messages.id} = ${message.id} and ${messages.chat} = ${waId})
          and not exists (select 1 from ${message_taggings}
            where ${message_taggings.message} = ${message.id} and ${message_taggings.tag_id} = ${id})`;
  return sql`exists (select 1 from ${tags} where ${tags.id} = ${id} and ${tags.state} = 'live') and ${isSame}
    and ${chat_tagging === null ? sql`not ${isTagged}` : isTagged}`;
}

/** The statements that write the taggings; the last one returns the id of the one that was asked for. */
function insertTaggings(
  { chat, message }: Target,
  there: There,
  wanted: NewTagging,
  { event }: PlacedActs,
): Statement[] {
  const extra = wanted.extra === null ? null : JSON.stringify(wanted.extra);
  const chatExtra = message === undefined ? extra : null;
  const onChat = sql`
    insert into ${chat_taggings} (tag_id, chat, extra, last_message)
    select ${there.id}, ${chats.wa_id}, ${chatExtra}, ${chats.last_message} from ${chats}
    where ${chats.wa_id} = ${chat.wa_id} and ${areRecorded(event)} returning id`;
  if (message === undefined) return [onChat];
  const row = { tag_id: there.id, message: message.id, extra, timestamp: message.timestamp };
  const onMessage = insertWhere(message_taggings, row, areRecorded(event)).returning({
    id: message_taggings.id,
  });
  return there.chat_tagging === null ? [onChat, onMessage] : [onMessage];
}
