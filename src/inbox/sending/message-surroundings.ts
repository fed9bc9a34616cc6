import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { invalidField } from '../../error.ts';
import { jsonList, type Database } from '../../store/database.ts';
import { referenceOf } from '../../waba/message-body.ts';
import { selectKey, type KnownKey, type RequestKey } from './idempotency.ts';
import { linkedMedia } from './linked-media.ts';
import { mayReadMedia } from '../media/may-read-media.ts';
import type { MediaRow } from '../media/media-row.ts';
import { payloadFor, type NewMessage } from './new-message.ts';
import type { ChatRow } from '../chats/person.ts';

/** What is known about a message's surroundings before it is written. */
export interface Surroundings {
  /** The chat with its recipient, under whatever key it goes now. */
  chat: ChatRow | undefined;
  /** What the request's key stands for already. */
  key: KnownKey | undefined;
  /** The message it replies or reacts to, where it is named by our id. */
  reference: Reference | undefined;
  /** Files of ours that it links to. */
  files: LinkedFile[];
}

interface Reference {
  waba_id: string | null;
  chat: string;
  is_failed: number;
}

export type LinkedFile = Pick<MediaRow, 'id' | 'user_id'>;

/** Ours; WhatsApp's begin with `wamid.`. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads all that is known about a message in one round trip. */
export async function readSurroundings(
  db: Database,
  message: NewMessage,
  request: RequestKey | undefined,
  now: number,
): Promise<Surroundings> {
  const linked = jsonList([...linkedMedia(message.content).values()]);
  const [chats, references, files, keys] = await db.batch<
    [ChatRow[], Reference[], LinkedFile[], ...KnownKey[][]]
  >([
    sql`select * from chats where wa_id = ${message.chat} or user_id = ${message.chat}
        order by wa_id = ${message.chat} desc limit 1`,
    sql`select waba_id, chat, is_failed from messages where id = ${referenceIn(message) ?? null}`,
    sql`select id, user_id from media where id in (select value from json_each(${linked}))`,
    ...(request === undefined ? [] : [selectKey(request, now)]),
  ]);
  return { chat: chats[0], key: keys?.[0], reference: references[0], files };
}

/** Throws `invalid` for a file that the user may not see: its customer would. */
export async function checkFiles(
  db: Database,
  user: User,
  { type }: NewMessage,
  files: readonly LinkedFile[],
): Promise<void> {
  for (const file of files) {
    if (!(await mayReadMedia(db, user, file))) throw invalidField(type, 'There is no such file.');
  }
}

/**
 * Throws `invalid` for a reply or reaction that WhatsApp could not show: to a message of another chat,
 * or to one that was never sent.
 */
export function checkReference(
  message: NewMessage,
  reference: Reference | undefined,
  chat: string,
): void {
  const id = referenceIn(message);
  const field = message.type === 'reaction' ? 'reaction' : 'context';
  const isMissing = reference === undefined && id !== undefined && UUID.test(id);
  if (isMissing || (reference !== undefined && reference.chat !== chat)) {
    throw invalidField(field, 'There is no such message in this chat.');
  }
  if (reference?.is_failed === 1 && reference.waba_id === null) {
    throw invalidField(field, 'That message was not sent.');
  }
}

function referenceIn(message: NewMessage): string | undefined {
  return referenceOf(payloadFor(message.chat, message));
}
