import { sql, type SQL } from 'drizzle-orm';
import type { chat_aliases } from '../../store/schema.ts';

export type ChatAlias = typeof chat_aliases.$inferSelect;

/** The key of the chat that a key leads to: its own, unless it is another name of one. An expression. */
export function ledTo(key: string | SQL): SQL {
  return sql`coalesce((select a.chat from chat_aliases a where a.alias = ${key}), ${key})`;
}

/** What search finds a chat `c` by, as an expression: its key, its customer's name, and its other names. */
export const SEARCHED_AS: SQL = sql`c.wa_id || ' ' || c.name
  || coalesce((select ' ' || group_concat(a.alias, ' ') from chat_aliases a where a.chat = c.wa_id), '')`;

/**
 * The statements to go before those that make one chat of two. `moves` is a JSON list of `{from, to,
 * isAlias}`: where `isAlias` is true, WhatsApp has called `from` another name of `to`, and what led to
 * `from` follows. What led to a number that the customer gave up leads nowhere any more: it may be
 * somebody else's.
 */
export function moveAliases(moves: SQL): SQL[] {
  return [
    sql`update chat_aliases set chat = m.value->>'to' from json_each(${moves}) m
        where chat_aliases.chat = m.value->>'from' and m.value->>'isAlias'`,
    sql`delete from chat_aliases where chat in (select value->>'from' from json_each(${moves}))
        or alias in (select value->>'to' from json_each(${moves}))`,
    sql`insert or replace into chat_aliases (alias, chat)
        select value->>'from', value->>'to' from json_each(${moves}) where value->>'isAlias'`,
  ];
}
