import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { invalidField, invalidMember, type WaypostError } from '../../error.ts';
import { type Database, jsonList } from '../../store/database.ts';
import { isUuid } from '../../waba/callback-data.ts';
import { referenceOf } from '../../waba/message-body.ts';
import { selectChat } from '../chats/find-chat.ts';
import type { ChatRow } from '../chats/person.ts';
import { canBeSentAs, isTakenByWaba } from '../media/media-kinds.ts';
import { type MediaRow, readableMedia } from '../media/media-row.ts';
import { type KnownKey, type RequestKey, selectKey } from './idempotency.ts';
import type { MediaLink } from './linked-media.ts';
import { type NewMessage, payloadFor } from './message-input.ts';

/** What is known about a message's surroundings before it is written. */
export interface MessageContext {
  /** The chat with its recipient, under whatever key it goes now. */
  chat: ChatRow | undefined;
  /** What the request's key stands for already. */
  key: KnownKey | undefined;
  /** The message it replies or reacts to, where it is named by our id. */
  reference: Reference | undefined;
  /** Files of ours by the ids in its links. */
  files: LinkedFile[];
  /** Milliseconds; when the oldest event that is kept came. Null where there is none. */
  heardSince: number | null;
}

interface Reference {
  waba_id: string | null;
  chat: string;
  is_failed: number;
  /** 1 where WhatsApp will tell us its id once it is sent. */
  is_waiting: number;
}

export type LinkedFile = Pick<MediaRow, 'id' | 'user_id' | 'state' | 'mime_type'>;

/** The files that a message leads to, and what we have of them. */
export interface LinkedFiles {
  links: readonly MediaLink[];
  files: readonly LinkedFile[];
  /** The ids of those that it does not link to but names. */
  namedById: ReadonlySet<string>;
}

/** Reads all that is known about a message in one round trip. */
export async function readSurroundings(
  db: Database,
  message: NewMessage,
  links: readonly MediaLink[],
  request: RequestKey | undefined,
  now: number,
): Promise<MessageContext> {
  const linked = jsonList([...new Set(links.map(({ mediaId }) => mediaId))]);
  const [chats, references, files, oldest, keys] = await db.batch<
    [ChatRow[], Reference[], LinkedFile[], { created_at: number }[], ...KnownKey[][]]
  >([
    selectChat(message.chat),
    sql`select waba_id, chat, is_failed, exists (select 1 from outbox o where o.n = messages.n) as is_waiting
        from messages where id = ${referenceIn(message) ?? null}`,
    sql`select id, user_id, state, mime_type from media where id in (select value from json_each(${linked}))`,
    sql`select created_at from events order by seq limit 1`,
    ...(request === undefined ? [] : [selectKey(request, now)]),
  ]);
  const heardSince = oldest[0]?.created_at ?? null;
  return { chat: chats[0], key: keys?.[0], reference: references[0], files, heardSince };
}

/**
 * Throws `invalid` about the message's link or id: to a file that we do not have (any more) or that the user
 * may not see, because its customer would, to one that WhatsApp does not show in such a message, and
 * to one of a type that it never takes.
 * What another host has under the same path is not ours to judge, but it must not be a way to a file
 * that the user may not see.
 */
export async function checkFiles(
  db: Database,
  user: User,
  { type }: NewMessage,
  { links, files, namedById }: LinkedFiles,
): Promise<void> {
  const byId = new Map(files.map((file) => [file.id, file]));
  const readable = await readableMedia(db, user, files);
  for (const { mediaId, as, isOwn } of links) {
    const file = byId.get(mediaId);
    const field = namedById.has(mediaId) ? 'id' : 'link';
    if (isOwn && (file === undefined || file.state === 'failed')) throw noSuchFile(type, field);
    if (file !== undefined && !readable.has(file.id)) throw noSuchFile(type, field);
    if (isOwn && file !== undefined && !canBeSentAs(file.mime_type, as)) {
      throw invalidMember(type, field, `A file of type ${file.mime_type} is no ${as}.`);
    }
    // We would hand it to WABA, which takes it as nothing at all.
    if (isOwn && file !== undefined && !isTakenByWaba(file.mime_type)) {
      throw invalidMember(type, field, `WhatsApp takes no files of type ${file.mime_type}.`);
    }
  }
}

function noSuchFile(type: string, field: 'id' | 'link'): WaypostError {
  return invalidMember(type, field, 'There is no such file.');
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
  // An id of ours; WhatsApp's begin with `wamid.` and may be of messages that we do not have.
  const isMissing = reference === undefined && id !== undefined && isUuid(id.toLowerCase());
  if (isMissing || (reference !== undefined && reference.chat !== chat)) {
    throw invalidField(field, 'There is no such message in this chat.');
  }
  if (reference?.is_failed === 1 && reference.waba_id === null) {
    throw invalidField(field, 'That message was not sent.');
  }
  if (reference?.waba_id === null && reference.is_waiting === 0) {
    throw invalidField(field, 'WhatsApp does not know that message: it was imported.');
  }
}

function referenceIn(message: NewMessage): string | undefined {
  return referenceOf(payloadFor(message.chat, message));
}
