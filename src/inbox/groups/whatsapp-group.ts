import { sql, type SQL } from 'drizzle-orm';
import { isOneOf, jsonList } from '../../store/database.ts';
import { chats, group_participants, whatsapp_groups } from '../../store/schema.ts';
import { isUserId } from '../../waba/recipient.ts';
import type { Participant } from '../messages/participant.ts';

/** A WhatsApp group as a chat shows it. */
export interface ApiWhatsappGroup {
  subject: string;
  description: string;
  participants: Participant[];
  invite_link: string | null;
  join_approval_mode: string | null;
  is_suspended: boolean;
  /** Whether the group is no more. */
  is_deleted: boolean;
}

export type WhatsappGroupRow = typeof whatsapp_groups.$inferSelect;

/** Someone in a group, with the name of the chat with them where there is one. */
export interface MemberRow {
  chat: string;
  participant: string;
  user_id: string | null;
  name: string | null;
}

/** A group has eight members (Groups API); a list of more is cut. */
const MAX_MEMBERS = 1_000;

/** Selects what is known of the groups with these chat keys. */
export function selectWhatsappGroups(keys: readonly string[]): SQL {
  return sql`select * from ${whatsapp_groups} where ${isOneOf(whatsapp_groups.chat, keys)}`;
}

/** Selects the members of these groups. */
export function selectMembers(keys: readonly string[]): SQL {
  return sql`select p.chat, p.participant, p.user_id, c.name from json_each(${jsonList(keys)}) j
    cross join ${group_participants} p on p.chat = j.value
    left join ${chats} c on c.wa_id = p.participant
    where p.is_member = 1 order by p.chat, p.at, p.participant limit ${MAX_MEMBERS}`;
}

/** Shows a group; one of which WhatsApp has told nothing but a message has neither subject nor members. */
export function presentWhatsappGroup(
  row: WhatsappGroupRow | undefined,
  members: readonly MemberRow[],
): ApiWhatsappGroup {
  return {
    subject: row?.subject ?? '',
    description: row?.description ?? '',
    participants: members.map(({ participant, user_id, name }) => ({
      wa_id: participant === user_id || isUserId(participant) ? null : participant,
      user_id: user_id ?? (isUserId(participant) ? participant : null),
      name: name ?? '',
    })),
    invite_link: row?.invite_link ?? null,
    join_approval_mode: row?.join_approval_mode ?? null,
    is_suspended: row?.is_suspended === 1,
    is_deleted: row !== undefined && row.deleted_at !== null,
  };
}
