import { and, eq, inArray, sql } from 'drizzle-orm';
import { selectUsers, type User } from '../../auth/user.ts';
import type { FcmServiceAccount } from '../../fcm-service-account.ts';
import { log, logError } from '../../log.ts';
import { type Database, isOneOf, jsonList } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { fcm_tokens, users } from '../../store/schema.ts';
import { type Assignment, mayReadChat } from '../permissions.ts';
import { type PushedMessage, pushNote } from './push-note.ts';
import { sendPush } from './send-push.ts';

/** A body rarely has more than one; someone who gets so many at once looks into the inbox anyway. */
const MAX_CHATS = 10;

const MAX_DEVICES = 1_000;

/** Of an invocation's six connections: the rest is for the database and for asking for a token. */
const AT_ONCE = 4;

/** What was told late is no news: a queue that was held up must not ring all phones at once. */
const MAX_AGE_MS = 10 * 60_000;

type MessageRow = PushedMessage & Assignment;

type Device = Pick<typeof fcm_tokens.$inferSelect, 'id' | 'user_id' | 'token'>;

/**
 * Tells the devices of those who may read its chats of the customers' messages in an event: of the newest
 * one in each chat, edits and revocations aside. Devices that Firebase knows no longer are forgotten. A push message is a courtesy: one
 * that fails is logged and not sent again, or all others would be, too. Throws what the database throws.
 */
export async function pushEvent(stack: StackContext, seq: number, now: number): Promise<void> {
  const { db, config } = stack;
  if (config.fcm === undefined) return;
  const messages = await messagesOf(db, seq, now);
  if (messages.length === 0) return;
  const owners = query.select({ user_id: fcm_tokens.user_id }).from(fcm_tokens);
  const reached = await selectUsers(db, and(eq(users.is_active, 1), inArray(users.id, owners)));
  const devices = await devicesOf(db, reached);
  const sends = messages.flatMap((message) => {
    const readers = new Set(
      reached.filter((user) => mayReadChat(user, message)).map(({ id }) => id),
    );
    const note = pushNote(message);
    return devices
      .filter(({ user_id: user }) => readers.has(user))
      .map((device) => ({ device, note }));
  });
  const gone = await sendAll(config.fcm, sends, config.name);
  if (gone.length === 0) return;
  // By token, too: the device may have registered another one meanwhile.
  await db.run(sql`delete from ${fcm_tokens} where exists (select 1 from json_each(${jsonList(gone)}) j
    where j.value->>'id' = ${fcm_tokens.id} and j.value->>'token' = ${fcm_tokens.token})`);
}

function messagesOf(db: Database, seq: number, now: number): Promise<MessageRow[]> {
  return db.all<MessageRow>(sql`
    select m.id, m.chat, m.type, m.search_text as text, c.name, c.assigned_user_id,
      c.assigned_group_id, max(m.n) as newest
    from events e join json_each(e.incoming) j join messages m on m.id = j.value
      join chats c on c.wa_id = m.chat
    where e.seq = ${seq} and e.created_at > ${now - MAX_AGE_MS} and m.from_us = 0 and m.ordinal > 0
    group by m.chat order by newest limit ${MAX_CHATS}`);
}

function devicesOf(db: Database, owners: readonly User[]): Promise<Device[]> {
  const ids = owners.map(({ id }) => id);
  const { id, user_id, token } = fcm_tokens;
  return db.all(
    query
      .select({ id, user_id, token })
      .from(fcm_tokens)
      .where(isOneOf(user_id, ids))
      .orderBy(id)
      .limit(MAX_DEVICES),
  );
}

interface Send {
  device: Device;
  note: ReturnType<typeof pushNote>;
}

/** Sends some at a time; returns the devices that are no more. */
async function sendAll(
  account: FcmServiceAccount,
  sends: readonly Send[],
  stack: string,
): Promise<Device[]> {
  const waiting = [...sends];
  const gone: Device[] = [];
  let sent = 0;
  const lane = async (): Promise<void> => {
    for (let send = waiting.shift(); send !== undefined; send = waiting.shift()) {
      const { device, note } = send;
      const outcome = await sendPush(account, device.token, note);
      if (outcome.kind === 'sent') sent += 1;
      else if (outcome.kind === 'gone') gone.push(device);
      else logError('push_failed', outcome.reason, { stack, device: device.id });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  if (sends.length > 0) log('pushed', { stack, sent, gone: gone.length, of: sends.length });
  return gone;
}
