import { sql, type SQL } from 'drizzle-orm';
import { jsonChunks } from '../store/database.ts';
import type { SavedNameWrite } from './plan-saved-names.ts';

/**
 * The statements that give customers the names of the business' own contacts. Who is not known yet becomes
 * a person without messages; a name that is taken away stays until the customer's own comes.
 */
export function recordSavedNames(writes: readonly SavedNameWrite[]): SQL[] {
  const saved = writes.filter(({ name }) => name !== null);
  const removed = writes.filter(({ name }) => name === null).map(({ waId }) => waId);
  return [
    ...jsonChunks(saved).flatMap((json) => [
      sql`update counters set value = value + new.count
        from (select count(*) as count from json_each(${json}) k
          where not exists (select 1 from chats where wa_id = k.value->>'waId')) new
        where name = 'chats' and new.count > 0`,
      sql`insert into chats (wa_id, name, contact, saved_name)
        select j.value->>'waId', j.value->>'name', j.value->>'contact', j.value->>'name'
        from json_each(${json}) j where true
        on conflict (wa_id) do update set name = excluded.name, saved_name = excluded.name,
          contact = json_set(contact, '$.profile.name', excluded.name)`,
      sql`insert or replace into chats_search (rowid, text)
        select c.n, c.wa_id || ' ' || c.name from json_each(${json}) j join chats c on c.wa_id = j.value->>'waId'`,
    ]),
    ...jsonChunks(removed).map(
      (keys) => sql`update chats set saved_name = null
        where wa_id in (select value from json_each(${keys})) and saved_name is not null`,
    ),
  ];
}
