import { and, eq, sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import type { WrittenEvent } from '../../events/event.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query, type Statement } from '../../store/query.ts';
import { chat_taggings, message_taggings } from '../../store/schema.ts';
import { areRecorded, placeActs, recordActs } from './record-acts.ts';
import { assertMayUseTags } from './tag.ts';
import type { TaggingAct } from './tagging-event.ts';
import {
  findChatTagging,
  findMessageTagging,
  type FoundMessageTagging,
  type FoundTagging,
} from './taggings.ts';

/** Who takes a tag off. `baseUrl` is that of links in the event. */
export interface TakeOff {
  user: User;
  /** Milliseconds. */
  now: number;
  baseUrl: string;
}

type Found = FoundTagging & Partial<Pick<FoundMessageTagging, 'message'>>;

/**
 * Takes a tag off a chat (spec: destroyChatTagging); returns the event that tells of it. Throws `forbidden`
 * where the user may use no tags, and `not_found` where there is no such tagging that they may see.
 */
export async function untagChat(
  stack: Pick<StackContext, 'db' | 'files'>,
  id: number,
  how: TakeOff,
): Promise<WrittenEvent> {
  assertMayUseTags(how.user);
  return takeOff(stack, await findChatTagging(stack.db, how.user, id), how);
}

/** Takes a tag off a message and leaves it on the chat (spec: destroyMessageTagging). Throws as `untagChat` does. */
export async function untagMessage(
  stack: Pick<StackContext, 'db' | 'files'>,
  id: number,
  how: TakeOff,
): Promise<WrittenEvent> {
  assertMayUseTags(how.user);
  return takeOff(stack, await findMessageTagging(stack.db, how.user, id), how);
}

/**
 * The statements that remove a tagging and tell of it, of which the first returns the event; nothing is
 * written where it is gone already.
 */
export async function removeTagging(
  { files }: Pick<StackContext, 'files'>,
  found: Found,
  { user, now, baseUrl }: TakeOff,
): Promise<Statement[]> {
  const { tag, chat, message, extra } = found;
  const act: TaggingAct = { action: 'removed', tag, chat, message, extra, user, at: now };
  const placed = await placeActs(files, [act], baseUrl);
  const table = message === undefined ? chat_taggings : message_taggings;
  return [
    ...recordActs(placed, sql`exists (select 1 from ${table} where ${table.id} = ${found.id})`),
    query.delete(table).where(and(eq(table.id, found.id), areRecorded(placed.event))),
  ];
}

async function takeOff(
  stack: Pick<StackContext, 'db' | 'files'>,
  found: Found,
  how: TakeOff,
): Promise<WrittenEvent> {
  const [events] = await stack.db.batch<[WrittenEvent[]]>(await removeTagging(stack, found, how));
  const event = events[0];
  if (event === undefined) throw notFound();
  return event;
}
