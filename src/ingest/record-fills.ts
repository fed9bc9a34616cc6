import { sql, type SQL } from 'drizzle-orm';
import { SEARCH_KEY } from '../inbox/messages/search-text.ts';
import { jsonChunks } from '../store/database.ts';
import { type MessageFill, PLACEHOLDER } from './plan-fills.ts';

/** The statements that put the content of messages where their place was held; their files are written apart. */
export function fillMessages(fills: readonly MessageFill[]): SQL[] {
  const rows = fills.map(({ media, ...fill }) => ({ ...fill, mediaId: media?.uuid ?? null }));
  return jsonChunks(rows).flatMap((json) => [
    sql`update messages set type = j.value->>'type', payload = j.value->>'payload',
        search_text = j.value->>'searchText', media_id = j.value->>'mediaId'
      from json_each(${json}) j where messages.id = j.value->>'id' and messages.type = ${PLACEHOLDER}`,
    sql`insert or replace into messages_search (rowid, text)
      select ${SEARCH_KEY}, search_text from json_each(${json}) j
        join messages m on m.id = j.value->>'id' where search_text is not null order by 1`,
  ]);
}
