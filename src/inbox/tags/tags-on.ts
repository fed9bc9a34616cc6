import { sql, type SQL } from 'drizzle-orm';
import { chat_taggings, message_taggings, tags } from '../../store/schema.ts';
import type { TagOn } from './tag.ts';

/** A tag on the chat or the message whose key is `owner`. */
export interface TagOnRow extends TagOn {
  owner: string;
}

/** Selects the tags on the chats whose keys a subquery selects, those put on first first. */
export function selectChatTags(keys: SQL): SQL {
  return sql`
    select g.chat as owner, g.id as tagging_id, t.id, t.name, t.web_inbox_color
    from ${chat_taggings} g cross join ${tags} t on t.id = g.tag_id
    where g.chat in (${keys}) and t.state = 'live' order by g.id`;
}

/** Selects the tags on the messages whose ids (ours) a subquery selects, those put on first first. */
export function selectMessageTags(ids: SQL): SQL {
  return sql`
    select g.message as owner, g.id as tagging_id, t.id, t.name, t.web_inbox_color
    from ${message_taggings} g cross join ${tags} t on t.id = g.tag_id
    where g.message in (${ids}) and t.state = 'live' order by g.id`;
}

/** Sorts tags by what they are on; `keyOf` says under which key an owner goes on. */
export function tagsByOwner(
  rows: readonly TagOnRow[],
  keyOf: (owner: string) => string = (owner) => owner,
): (owner: string) => TagOn[] {
  const byOwner = new Map<string, TagOn[]>();
  for (const { owner, id, name, web_inbox_color, tagging_id } of rows) {
    const key = keyOf(owner);
    const there = byOwner.get(key) ?? [];
    // Two chats that become one may have had the same tag.
    if (there.some((tag) => tag.id === id)) continue;
    byOwner.set(key, [...there, { id, name, web_inbox_color, tagging_id }]);
  }
  return (owner) => byOwner.get(owner) ?? [];
}
