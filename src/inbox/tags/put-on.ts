import type { EventChat } from '../../events/audience.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { invalidField, WaypostError } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
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
interface There extends Tag {
  chat_tagging: number | null;
  chat_tags: number;
  message_tagging: number | null;
  message_tags: number;
}

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
    const there = await db.first<There>(selectThere(target, wanted.tagId));
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

function selectThere({ chat, message }: Target, tagId: number): SQL {
  const id = message?.id ?? null;
  return sql`
    select t.id, t.name, t.web_inbox_color,
      (select id from chat_taggings where chat = ${chat.wa_id} and tag_id = t.id) as chat_tagging,
      (select count(*) from chat_taggings where chat = ${chat.wa_id}) as chat_tags,
      (select id from message_taggings where message = ${id} and tag_id = t.id) as message_tagging,
      (select count(*) from message_taggings where message = ${id}) as message_tags
    from tags t where t.id = ${tagId} and t.state = 'live'`;
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
  const isTagged = sql`exists (select 1 from chat_taggings where chat = ${chat.wa_id} and tag_id = ${id})`;
  const isSame =
    message === undefined
      ? sql`exists (select 1 from chats where wa_id = ${chat.wa_id})`
      : sql`exists (select 1 from messages where id = ${message.id} and chat = ${chat.wa_id})
          and not exists (select 1 from message_taggings where message = ${message.id} and tag_id = ${id})`;
  return sql`exists (select 1 from tags where id = ${id} and state = 'live') and ${isSame}
    and ${chat_tagging === null ? sql`not ${isTagged}` : isTagged}`;
}

/** The statements that write the taggings; the last one returns the id of the one that was asked for. */
function insertTaggings(
  { chat, message }: Target,
  there: There,
  wanted: NewTagging,
  { event }: PlacedActs,
): SQL[] {
  const extra = wanted.extra === null ? null : JSON.stringify(wanted.extra);
  const chatExtra = message === undefined ? extra : null;
  const onChat = sql`
    insert into chat_taggings (tag_id, chat, extra, last_message)
    select ${there.id}, c.wa_id, ${chatExtra}, c.last_message from chats c
    where c.wa_id = ${chat.wa_id} and ${areRecorded(event)} returning id`;
  if (message === undefined) return [onChat];
  const onMessage = sql`
    insert into message_taggings (tag_id, message, extra, timestamp)
    select ${there.id}, ${message.id}, ${extra}, ${message.timestamp}
    where ${areRecorded(event)} returning id`;
  return there.chat_tagging === null ? [onChat, onMessage] : [onMessage];
}
