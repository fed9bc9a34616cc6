import { sql, type SQL } from 'drizzle-orm';
import { isToldActs } from './acts.ts';

/**
 * The rule of `shapeFor` as a condition over an event `e`, a webhook `w` and its user `u`, for those who
 * look through events by the hundred thousand: true where the webhook gets the event in some shape.
 * What is decided here is decided there; a test holds the two together.
 */
export function isTaken(): SQL {
  return sql`(u.is_active = 1 and e.seq > w.since_seq and case e.kind
    when 'waba' then ${takesOriginal()}
      or (w.on_incoming_message = 1 and (${mayReadSome()} or ${hasErrors()}))
      or (json_array_length(e.incoming) > 0 and ${takesAssigned()})
    when 'outgoing' then w.on_outgoing_message = 1 and ${mayReadSome()}
    when 'failure' then (w.on_outgoing_message = 1 or w.on_incoming_message = 1) and ${mayReadSome()}
    when 'webhook' then w.on_webhook_disabled = 1
    when 'assigned' then ${takesAssigned()}
    when 'assignment' then ${takesAct()}
    when 'resolved' then ${takesAct()}
    when 'availability' then ${takesAct()}
    when 'tagging' then ${takesAct()}
    else 0 end)`;
}

function takesOriginal(): SQL {
  return sql`(w.on_cloud_api = 1 and u.can_read_chats = 'all' and (w.fields is null or exists (
    select 1 from json_each(e.fields) f where f.value in (select value from json_each(w.fields)))))`;
}

/** What is assigned to the user is theirs to read, unless they may read nothing. */
function takesAssigned(): SQL {
  return sql`(w.on_assigned = 1 and u.can_read_chats != 'none' and exists (select 1 from json_each(e.chats) c where c.value->>'assigned_user_id' = w.user_id))`;
}

function takesAct(): SQL {
  return sql`(${isToldActs()} and (json_array_length(e.chats) = 0 or ${mayReadSome()}))`;
}

function mayReadSome(): SQL {
  return sql`(u.can_read_chats = 'all' or exists (
    select 1 from json_each(e.chats) c where ${mayReadIt(sql`c.value`)}))`;
}

function hasErrors(): SQL {
  return sql`exists (select 1 from json_each(e.fields) f where f.value = 'errors'
    or (f.value = 'messages' and json_array_length(e.chats) = 0))`;
}

/**
 * Whether the webhook's user may read a chat, by whose it was when the event was written, as `mayRead`
 * says; `chat` is an item of `events.chats`.
 */
export function mayReadIt(chat: SQL): SQL {
  return sql`case u.can_read_chats when 'all' then 1 when 'none' then 0
    else ${chat}->>'assigned_user_id' = u.id or (u.can_read_chats = 'group' and exists (
      select 1 from user_groups g
      where g.user_id = u.id and g.group_id = ${chat}->>'assigned_group_id')) end`;
}
