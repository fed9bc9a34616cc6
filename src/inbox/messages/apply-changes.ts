import { sql, type SQL } from 'drizzle-orm';
import { jsonChunks } from '../../store/database.ts';
import { indexMessages, unindexMessages } from './message-rows.ts';

/**
 * The statements that let edits and revocations have their effect on some messages, by WhatsApp's ids, once
 * all that is new is written; none where there are none. The newest edit holds, and search finds its words
 * alone: in the message, or in the edit while the message is not known. Only who wrote a message can change
 * it: what is of another chat or side has no effect. Nothing that was read before the write counts.
 */
export function applyChanges(ids: readonly string[]): SQL[] {
  return jsonChunks(ids).flatMap((originals) => {
    const touched = sql`m.n in (select e.n ${changesOf(originals)}
      union select o.n ${changesOf(originals)} cross join messages o on o.waba_id = e.refers_to)`;
    return [
      unindexMessages(touched),
      changeOriginals(originals),
      releaseEdits(originals),
      indexMessages(touched),
    ];
  });
}

/** Selects those of some messages as `original` that others edit or revoke. */
export function selectChanged(ids: readonly string[]): SQL[] {
  return jsonChunks(ids).map(
    (originals) => sql`select distinct e.refers_to as original ${changesOf(originals)}`,
  );
}

/** The changes `e` of some messages. */
function changesOf(originals: SQL): SQL {
  return sql`from json_each(${originals}) j cross join messages e on e.refers_to = j.value`;
}

/**
 * Whether a change `x` is of the same message as `one`, by the same side of the same chat. With a plus sign,
 * or the whole chat would be read in the order of its times.
 */
function isAlso(one: string): SQL {
  return sql.raw(`x.refers_to = ${one} and +x.chat = e.chat and +x.from_us = e.from_us`);
}

function isRevoked(one: string): SQL {
  return sql`exists (select 1 from messages x where ${isAlso(one)} and x.type = 'revoke')`;
}

function lastEdit(one: string): SQL {
  return sql`(select x.n from messages x where ${isAlso(one)} and x.type = 'edit'
    order by x.timestamp desc, x.n desc limit 1)`;
}

/** An edit hands its words over to its message once, so an older one that comes later finds none. */
function changeOriginals(originals: SQL): SQL {
  return sql`
    update messages set
      edited = coalesce(found.edited, messages.edited),
      edited_at = coalesce(found.edited_at, messages.edited_at),
      is_deleted = max(messages.is_deleted, found.is_deleted),
      search_text = case when messages.is_deleted or found.is_deleted then null
        when found.edited is not null then found.search_text else messages.search_text end
    from (
      select distinct o.n, ${isRevoked('o.waba_id')} as is_deleted, last.edited, last.search_text,
        last.timestamp as edited_at
      ${changesOf(originals)}
        cross join messages o on o.waba_id = e.refers_to and o.chat = e.chat and o.from_us = e.from_us
          and o.refers_to is null
        left join messages last on last.n = ${lastEdit('o.waba_id')} and last.edited is not null
    ) found where messages.n = found.n`;
}

/** `distinct` has the edits found first: without it the planner goes through all messages for them. */
function releaseEdits(originals: SQL): SQL {
  return sql`
    update messages set
      edited = iif(found.is_open, messages.edited, null),
      search_text = iif(found.is_open and not found.is_deleted, messages.search_text, null),
      is_deleted = found.is_deleted
    from (
      select distinct e.n, ${isRevoked('e.refers_to')} as is_deleted,
        e.n = ${lastEdit('e.refers_to')} and not exists (
          select 1 from messages o where o.waba_id = e.refers_to and o.chat = e.chat
            and o.from_us = e.from_us and o.refers_to is null) as is_open
      ${changesOf(originals)} and e.type = 'edit'
    ) found
    where messages.n = found.n and (messages.edited is not null or messages.search_text is not null
      or messages.is_deleted <> found.is_deleted)`;
}
