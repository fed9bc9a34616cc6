import { sql, type SQL } from 'drizzle-orm';
import { jsonChunks } from '../../store/database.ts';
import type { GroupUpdate } from '../../waba/group-updates.ts';
import { indexChats, makeChats } from '../chats/chat-rows.ts';

/**
 * The statements that write down what became of WhatsApp groups, each of which has a chat from the first
 * word of it. Words come late and out of order: of each thing that is told the newest one holds.
 */
export function recordGroups(updates: readonly GroupUpdate[]): SQL[] {
  // Of several words of one thing the newest is written last.
  const inOrder = updates.toSorted((a, b) => a.at - b.at);
  const members = inOrder.flatMap(({ group, at, added, removed }) => [
    ...added.map((member) => ({ group, at, ...member, isMember: 1 })),
    ...removed.map((member) => ({ group, at, ...member, isMember: 0 })),
  ]);
  const groups = inOrder.map(({ added: _added, removed: _removed, ...group }) => group);
  const keys = [...new Set(groups.map(({ group }) => group))];
  return [
    ...makeChats(keys.map((waId) => ({ waId, userId: null, kind: 'group' }))),
    ...jsonChunks(groups).flatMap((json) => [upsertGroups(json), nameChats(json)]),
    ...indexChats(keys),
    ...jsonChunks(members).flatMap(upsertMembers),
  ];
}

function upsertGroups(json: SQL): SQL {
  return sql`
      insert into whatsapp_groups (chat, subject, subject_at, description, description_at,
        invite_link, join_approval_mode, is_suspended, suspended_at, deleted_at)
      select j.value->>'group', j.value->>'subject', ${whereTold('subject')},
        j.value->>'description', ${whereTold('description')},
        j.value->>'inviteLink', j.value->>'joinApprovalMode',
        coalesce(j.value->>'isSuspended', 0), ${whereTold('isSuspended')},
        iif(j.value->>'isDeleted', j.value->>'at', null)
      from json_each(${json}) j where true order by j.key
      on conflict (chat) do update set
        ${newer('subject', 'subject_at')}, ${newer('description', 'description_at')},
        ${newer('is_suspended', 'suspended_at')},
        invite_link = coalesce(excluded.invite_link, invite_link),
        join_approval_mode = coalesce(excluded.join_approval_mode, join_approval_mode),
        deleted_at = coalesce(deleted_at, excluded.deleted_at)`;
}

/** The time of a word that says something of `name`. */
function whereTold(name: string): SQL {
  return sql.raw(`iif(j.value->>'${name}' is null, null, j.value->>'at')`);
}

function newer(column: string, time: string): SQL {
  const isNewer = `excluded.${time} is not null and excluded.${time} >= coalesce(whatsapp_groups.${time}, 0)`;
  return sql.raw(`${column} = iif(${isNewer}, excluded.${column}, whatsapp_groups.${column}),
    ${time} = iif(${isNewer}, excluded.${time}, whatsapp_groups.${time})`);
}

/** The chat is called as the group is, so that it is listed and found by that. */
function nameChats(json: SQL): SQL {
  return sql`
      update chats set kind = 'group', name = coalesce(g.subject, name),
        contact = json_object('profile', json_object('name', coalesce(g.subject, name)), 'wa_id', wa_id)
      from whatsapp_groups g where g.chat = chats.wa_id
        and chats.wa_id in (select value->>'group' from json_each(${json}))
        and (kind is null or name is not coalesce(g.subject, name))`;
}

function upsertMembers(json: SQL): SQL[] {
  return [
    sql`insert into group_participants (chat, participant, user_id, is_member, at)
      select j.value->>'group', j.value->>'participant', j.value->>'userId', j.value->>'isMember', j.value->>'at'
      from json_each(${json}) j where true order by j.key
      on conflict (chat, participant) do update set
        user_id = coalesce(excluded.user_id, user_id), is_member = excluded.is_member, at = excluded.at
        where excluded.at >= at`,
    // Someone who goes may be named by their user id alone, and may have come with a number, or the other way.
    sql`update group_participants set is_member = 0, at = j.value->>'at' from json_each(${json}) j
      where group_participants.chat = j.value->>'group' and j.value->>'isMember' = 0
        and group_participants.user_id is not null and group_participants.user_id = j.value->>'userId'
        and group_participants.is_member = 1 and group_participants.at <= j.value->>'at'`,
  ];
}
