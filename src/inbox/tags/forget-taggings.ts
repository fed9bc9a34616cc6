import { sql, type SQL } from 'drizzle-orm';

/** The statements that remove the tags of chats and their history, where a condition holds; `keys` is a subquery. */
export function forgetChatTaggings(keys: SQL, condition: SQL): SQL[] {
  return [
    sql`delete from chat_taggings where chat in ${keys} and ${condition}`,
    sql`delete from tagging_events where chat in ${keys} and message is null and ${condition}`,
    sql`delete from tagging_events where chat in ${keys} and message is not null and ${condition}`,
  ];
}

/** The statements that remove the tags of messages and their history; `ids` is a JSON list of our ids. */
export function forgetMessageTaggings(ids: SQL): SQL[] {
  const isOne = sql`message in (select value from json_each(${ids}))`;
  return [
    sql`delete from message_taggings where ${isOne}`,
    sql`delete from tagging_events where ${isOne} and message is not null`,
  ];
}
