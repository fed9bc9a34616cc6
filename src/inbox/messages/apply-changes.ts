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
 * The changes of some messages, each with whether its message is revoked and whether it is the newest edit of
 * it: of the same message, by the same side of the same chat. Each is looked at once, however many there are.
 */
function judgedChanges(originals: SQL): SQL {
  return sql`(select e.n, e.refers_to, e.chat, e.from_us, e.type, e.timestamp, e.edited, e.search_text,
      max(e.type = 'revoke') over (partition by e.refers_to, e.chat, e.from_us) as is_revoked,
      e.type = 'edit' and row_number() over (partition by e.refers_to, e.chat, e.from_us, e.type
        order by e.timestamp desc, e.n desc) = 1 as is_newest
    ${changesOf(originals)})`;
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
      select o.n, max(c.is_revoked) as is_deleted, max(c.edited) filter (where c.is_newest) as edited,
        max(c.search_text) filter (where c.is_newest) as search_text,
        max(c.timestamp) filter (where c.is_newest and c.edited is not null) as edited_at
      from ${judgedChanges(originals)} c
        cross join messages o on o.waba_id = c.refers_to and o.chat = c.chat and o.from_us = c.from_us
          and o.refers_to is null
      group by o.n
    ) found where messages.n = found.n`;
}

function releaseEdits(originals: SQL): SQL {
  return sql`
    update messages set
      edited = iif(found.is_open, messages.edited, null),
      search_text = iif(found.is_open and not found.is_deleted, messages.search_text, null),
      is_deleted = found.is_deleted
    from (
      select c.n, c.is_revoked as is_deleted,
        c.is_newest and not exists (
          select 1 from messages o where o.waba_id = c.refers_to and o.chat = c.chat
            and o.from_us = c.from_us and o.refers_to is null) as is_open
      from ${judgedChanges(originals)} c where c.type = 'edit'
    ) found
    where messages.n = found.n and (messages.edited is not null or messages.search_text is not null
      or messages.is_deleted <> found.is_deleted)`;
}
