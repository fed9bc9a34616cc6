import { sql, type SQL } from 'drizzle-orm';
import { jsonList } from '../../store/database.ts';
import { isIn, type Phrase } from '../messages/phrase.ts';

/** Tags whose names hold a phrase; who looks for a name that more have does not look for a tag. */
const NAMED_TAGS = 20;

/**
 * The chats that are tagged with a tag, as what follows `from`: `chat_taggings g` and `chats c`. Read by
 * `chat_taggings_by_tag`, so that `TAGGED_NEWEST_FIRST` sorts nothing. None of a tag that is deleted.
 */
export function taggedChats(tagId: number): SQL {
  return sql`chat_taggings g cross join chats c on c.wa_id = g.chat and g.tag_id = ${liveTag(tagId)}`;
}

/** The taggings `g` of a tag with the times of their chats, as what follows `from`; by one index alone. */
export function taggings(tagId: number): SQL {
  return sql`chat_taggings g where g.tag_id = ${liveTag(tagId)}`;
}

/** The order of `taggedChats`: that of all lists of chats. */
export const TAGGED_NEWEST_FIRST = sql.raw('order by g.last_message desc, g.chat desc');

/** Whether a chat is tagged with a tag, as a condition over the alias `c` of `chats`: one look each. */
export function isTagged(tagId: number): SQL {
  return sql`exists (select 1 from chat_taggings g
    where g.chat = c.wa_id and g.tag_id = ${liveTag(tagId)})`;
}

/** The newest chats `c` with one of the tags, `limit` for each tag; as what follows `from`. */
export function newestWithTags(tagIds: readonly number[], limit: SQL): SQL {
  return sql`json_each(${jsonList(tagIds)}) t cross join chats c on c.wa_id in (
      select chat from chat_taggings where tag_id = t.value order by last_message desc, chat desc limit ${limit})`;
}

/** Selects the `n` of the newest messages with a tag whose name holds the phrase, `limit` for each such tag. */
export function messagesWithTagNamed(phrase: Phrase, limit: SQL): SQL {
  return sql`select m.n from (${tagsNamed(phrase)}) t cross join message_taggings g on g.id in (
      select id from message_taggings where tag_id = t.id order by timestamp desc limit ${limit}
    ) cross join messages m on m.id = g.message`;
}

/** Whether a message has a tag whose name holds the phrase, as a condition over the alias `m` of `messages`. */
export function hasTagNamed(phrase: Phrase): SQL {
  return sql`exists (select 1 from message_taggings g cross join tags t on t.id = g.tag_id
    where g.message = m.id and t.state = 'live' and ${isIn(phrase, sql`t.name`)})`;
}

/** Selects the `id` of the tags whose names hold the phrase. Tags are few: their names are read through. */
export function tagsNamed(phrase: Phrase): SQL {
  return sql`select id from tags where state = 'live' and ${isIn(phrase, sql`name`)} limit ${NAMED_TAGS}`;
}

function liveTag(tagId: number): SQL {
  return sql`(select id from tags where id = ${tagId} and state = 'live')`;
}
