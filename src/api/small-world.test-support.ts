import { sql, type SQL } from 'drizzle-orm';
import { sha256Hex } from '../auth/digest.ts';
import { FULL_RIGHTS, insertUser, type NewUser } from '../auth/insert-user.ts';
import { hashPassword } from '../auth/password.ts';
import { seal } from '../auth/secret-box.ts';
import { mediaKey } from '../inbox/media/media-row.ts';
import { stack } from '../inbox/media/media.test-support.ts';
import { SEARCH_KEY } from '../inbox/messages/search-text.ts';

const { db } = stack;

/** Who asks; a newcomer was made, but has not activated the account. */
export const PEOPLE = { admin: 1, app: 2, outsider: 3, newcomer: 4 } as const;

export const PASSWORD = 'correct horse';
export const ACTIVATION_CODE = 'the-code-of-the-newcomer';

/** A customer of the night shift, which the outsider is no member of, and how the chat is known by. */
export const ADA = '48111111111';
export const ADAS_MESSAGE = '00000000-0000-4000-8000-000000000001';
const OUR_MESSAGE = '00000000-0000-4000-8000-000000000002';
export const ADAS_PHOTO = '00000000-0000-4000-8000-000000000003';

/** In everything that only those may see who may read the chat with Ada. */
export const SECRET = 'moonlight';

const NIGHT_SHIFT = 77;
const EMPTIED = `groups users user_groups sessions login_counts chats referrals messages messages_search
  chats_search tags chat_taggings message_taggings tagging_events assignment_events saved_responses
  statuses events webhooks deliveries attempts chat_queue replays dead_letters webhook_totals erasures
  marks unread_views outbox media templates business_profile refreshes waba_errors idempotency_keys
  fcm_tokens`;

const passwordHash = await hashPassword(PASSWORD);

/** Makes the world anew: one of everything, the first of its kind, so that its id is 1. */
export async function prepareWorld(also: SQL[] = []): Promise<void> {
  const headers = await seal(stack.config, '{}');
  const secret = await seal(stack.config, 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0');
  const contact = JSON.stringify({ profile: { name: `Ada ${SECRET}` }, wa_id: ADA });
  const payload = (id: string) =>
    JSON.stringify({ from: ADA, id, type: 'text', timestamp: '100', text: { body: SECRET } });
  const extra = JSON.stringify({ [SECRET]: 1 });
  await stack.files.put(mediaKey(ADAS_PHOTO), new TextEncoder().encode(SECRET));
  await db.batch([
    ...EMPTIED.split(/\s+/).map((table) => sql`delete from ${sql.raw(table)}`),
    sql`delete from sqlite_sequence`,
    sql`insert into groups (id, name)
        values (1, 'Regular user'), (2, 'Admin'), (3, 'App integration'), (${NIGHT_SHIFT}, 'Night shift')`,
    ...Object.keys(PEOPLE).flatMap((name, at) => insertUser(stack.config, at + 1, personOf(name))),
    sql`insert into chats (wa_id, name, contact, last_incoming, last_message, first_message,
          inbound_count, message_count, assigned_group_id)
        values (${ADA}, ${`Ada ${SECRET}`}, ${contact}, unixepoch(), 200, 100, 1, 2, ${NIGHT_SHIFT})`,
    sql`insert into chats_search (rowid, text) values (1, ${`${ADA} Ada ${SECRET}`})`,
    sql`insert into messages (id, waba_id, chat, from_us, type, timestamp, ordinal, payload, search_text,
          sender_id, media_id)
        values (${ADAS_MESSAGE}, 'wamid.1', ${ADA}, 0, 'text', 100, 1, ${payload('wamid.1')}, ${SECRET}, null,
          ${ADAS_PHOTO}),
        (${OUR_MESSAGE}, 'wamid.2', ${ADA}, 1, 'text', 200, null, ${payload('wamid.2')}, ${SECRET},
          ${PEOPLE.app}, null)`,
    sql`insert into messages_search (rowid, text) select ${SEARCH_KEY}, search_text from messages m`,
    sql`update counters set value = iif(name = 'chats', 1, iif(name = 'messages', 2, 0))`,
    sql`insert into tags (name) values ('VIP'), ('Late')`,
    sql`insert into chat_taggings (tag_id, chat, extra, last_message) values (1, ${ADA}, ${extra}, 200)`,
    sql`insert into message_taggings (tag_id, message, extra, timestamp)
        values (1, ${ADAS_MESSAGE}, ${extra}, 100)`,
    sql`insert into tagging_events (chat, message, tag_id, action, extra, user_id, timestamp)
        values (${ADA}, null, 1, 'added', ${extra}, 2, 150), (${ADA}, ${ADAS_MESSAGE}, 1, 'added', ${extra}, 2, 150)`,
    sql`insert into assignment_events (chat, timestamp, group_set, user_was_cleared, group_was_cleared, done_by)
        values (${ADA}, 150, ${NIGHT_SHIFT}, 0, 0, 1)`,
    sql`insert into saved_responses (text, user_id, created_at) values ('Hello!', ${PEOPLE.app}, 1)`,
    sql`insert into media (id, state, mime_type, size, created_at)
        values (${ADAS_PHOTO}, 'stored', 'image/jpeg', ${SECRET.length}, 1)`,
    sql`insert into templates (name, language, category, status, components, namespace, rejected_reason, seen_at)
        values ('hello', 'en', 'UTILITY', 'approved', '[]', '', '', 1)`,
    sql`insert into waba_errors (message_id, waba_id, payload, timestamp)
        values (${OUR_MESSAGE}, 'wamid.2', ${JSON.stringify({ title: SECRET })}, 210)`,
    sql`insert into dead_letters (message, error, created_at)
        values (${JSON.stringify({ kind: 'event', stack: 'default', seq: 1 })}, 'a fault', 1)`,
    sql`insert into webhooks (user_id, url, on_cloud_api, headers, secret, since_seq, created_at)
        values (${PEOPLE.admin}, 'https://example.com/hook', 1, ${headers}, ${secret}, 0, 1)`,
    sql`insert into events (id, kind, created_at, body, extended, fields, chats, incoming)
        values ('event', 'waba', 1760000000000, ${`{"text":"${SECRET}"}`}, '{}', '["messages"]',
          ${JSON.stringify([{ wa_id: ADA, assigned_group_id: NIGHT_SHIFT }])}, '[]')`,
    sql`insert into deliveries (webhook_id, seq, state, attempts, next_at)
        select 1, seq, 'due', 1, 0 from events`,
    sql`insert into replays (webhook_id, user_id, state, filter, cursor_seq, until_seq, total, per_second, next_at,
          created_at) values (1, 1, 'running', '{}', 0, 1, 1, 10, 0, 1)`,
    sql`insert into fcm_tokens (user_id, token, last_seen) values (${PEOPLE.outsider}, 'phone', 1)`,
    ...also,
  ]);
}

function personOf(name: string): NewUser {
  const isNew = name === 'newcomer';
  return {
    ...FULL_RIGHTS,
    ...(name === 'outsider' && {
      canReadChats: 'group',
      canWriteToChats: 'group',
      canUseTags: false,
    }),
    username: name,
    firstName: '',
    lastName: '',
    email: isNew ? 'new@example.com' : '',
    role: name === 'admin' || name === 'app' ? name : 'user',
    isActive: !isNew,
    passwordHash,
    activationHash: isNew ? sha256Hex(ACTIVATION_CODE) : null,
  };
}
