import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { invalidField, notFound, WaypostError } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { chatKeyOf, findReadableChat } from '../chats/find-chat.ts';
import type { ChatRow } from '../chats/person.ts';
import {
  insertEvent,
  placeContents,
  type NewEvent,
  type WrittenEvent,
} from '../../events/event.ts';
import type { Links } from '../media/links.ts';
import { mayWriteToChat } from '../permissions.ts';
import {
  assignmentChange,
  type AssignmentChange,
  type AssignmentWish,
} from './assignment-change.ts';
import { assignedEvent, assignmentEvent } from './assignment-events.ts';
import { readTargets } from './assignment-targets.ts';
import { heldMessages } from './held-messages.ts';
import { presentAct, presentAssignment, type ApiAssignment } from './present-assignment.ts';

/** What somebody asks to be done with a chat. */
export interface AssignmentRequest extends AssignmentWish {
  /** Which chat the request itself says that it is about; undefined where it does not say. */
  waId: string | undefined;
}

/** When it is done (milliseconds), and how links are made. */
interface Circumstances extends Links {
  now: number;
}

/** How often a change is decided anew after somebody else's came first. */
const MAX_RACES = 5;

/**
 * Assigns the chat under `key`, and tells of it (spec: updateChatAssignment). Returns whose it is then, and
 * the events to ring for; none where nothing has changed. Throws `not_found` for a chat that the user
 * may not read, `forbidden` for one they may not write to, `invalid` as `readTargets` does or where the
 * request names another chat, and `conflict` where others change it all the time.
 */
export async function assignChat(
  stack: Pick<StackContext, 'db' | 'files'>,
  actor: User,
  key: string,
  request: AssignmentRequest,
  circumstances: Circumstances,
): Promise<{ assignment: ApiAssignment; events: WrittenEvent[] }> {
  for (let race = 0; race < MAX_RACES; race += 1) {
    const chat = await findReadableChat(stack.db, actor, key);
    if (chat === undefined) throw notFound();
    assertSame(chat, key, request.waId);
    if (!mayWriteToChat(actor, chat)) {
      throw new WaypostError('forbidden', 'You do not have permission to assign this chat.');
    }
    const change = assignmentChange(chat, request);
    if (change === undefined) return { assignment: presentAssignment(chat), events: [] };
    const events = await write(stack, actor, chat, change, circumstances);
    const after = { wa_id: chat.wa_id, ...change.after };
    if (events !== undefined) return { assignment: presentAssignment(after), events };
  }
  throw new WaypostError('conflict', 'Somebody else is assigning this chat. Try again.');
}

function assertSame(chat: ChatRow, key: string, named: string | undefined): void {
  if (named === undefined) return;
  const name = chatKeyOf(named);
  if ([chat.wa_id, chat.user_id, chatKeyOf(key)].includes(name)) return;
  throw invalidField('wa_id', 'Must be the chat that the path names.');
}

/** Writes a change down; undefined where the chat was somebody else's by then. */
async function write(
  { db, files }: Pick<StackContext, 'db' | 'files'>,
  actor: User,
  { wa_id: waId }: ChatRow,
  change: AssignmentChange,
  { now, ...links }: Circumstances,
): Promise<WrittenEvent[] | undefined> {
  const { user, group } = await readTargets(db, change);
  const timestamp = Math.floor(now / 1000);
  const { userWasCleared, groupWasCleared, after, before } = change;
  const act = presentAct(
    {
      waId,
      timestamp,
      userSet: user,
      userWasCleared,
      groupSet: group,
      groupWasCleared,
      doneBy: actor,
    },
    links.baseUrl,
  );
  const held = user === null ? [] : await heldMessages(db, waId, user.id, links);
  const events: NewEvent[] = [
    assignmentEvent(act, change, now),
    ...(held.length === 0 ? [] : [assignedEvent(waId, after, held, now)]),
  ];
  const contents = await Promise.all(
    events.map(async (event) => ({ event, placed: await placeContents(files, event) })),
  );
  const isAsRead = sql`wa_id = ${waId} and assigned_user_id is ${before.assigned_user_id}
    and assigned_group_id is ${before.assigned_group_id}`;
  const isTime = sql`exists (select 1 from chats where ${isAsRead})`;
  const results = await db.batch<WrittenEvent[][]>([
    ...contents.map(({ event, placed }) => insertEvent(event, placed, isTime)),
    recordChange(waId, change, { timestamp, doneBy: actor.id }, isTime),
    sql`update chats set assigned_user_id = ${after.assigned_user_id},
          assigned_group_id = ${after.assigned_group_id} where ${isAsRead}`,
  ]);
  const written = results.slice(0, events.length).flat();
  return written.length === 0 ? undefined : written;
}

function recordChange(
  waId: string,
  { userSet, userWasCleared, groupSet, groupWasCleared }: AssignmentChange,
  { timestamp, doneBy }: { timestamp: number; doneBy: number },
  condition: SQL,
): SQL {
  return sql`
    insert into assignment_events (chat, timestamp, user_set, user_was_cleared, group_set, group_was_cleared, done_by)
    select ${waId}, ${timestamp}, ${userSet}, ${Number(userWasCleared)}, ${groupSet},
      ${Number(groupWasCleared)}, ${doneBy} where ${condition}`;
}
