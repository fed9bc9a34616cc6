import { and, eq, sql, type SQL } from 'drizzle-orm';
import { findUser, type Group, type User } from '../../auth/user.ts';
import { invalidField, notFound, WaypostError } from '../../error.ts';
import type { EventChat } from '../../events/audience.ts';
import {
  insertEvent,
  type NewEvent,
  ownEvent,
  placeContents,
  type WrittenEvent,
} from '../../events/event.ts';
import type { Database } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { insertWhere, query } from '../../store/query.ts';
import { assignment_events, chats, marks } from '../../store/schema.ts';
import { chatKeyOf, findReadableChat } from '../chats/find-chat.ts';
import type { ChatRow } from '../chats/person.ts';
import type { Links } from '../media/links.ts';
import { findGroup } from '../groups/groups.ts';
import { presentMessages } from '../messages/load-messages.ts';
import { newestMessages, selectInOrder } from '../messages/message-queries.ts';
import type { ApiMessage, MessageRow } from '../messages/present-message.ts';
import { type Assignment, mayWriteToChat } from '../permissions.ts';
import {
  assignmentChange,
  type AssignmentChange,
  type AssignmentWish,
} from './assignment-change.ts';
import {
  type ApiAssignment,
  type ApiAssignmentEvent,
  presentAct,
  presentAssignment,
} from './present-assignment.ts';

/** The newest messages of a chat that are looked at: enough to know what it is about. */
const LOOKED_AT = 20;

/** Who a chat is newly assigned to. */
interface AssignmentTargets {
  user: User | null;
  group: Group | null;
}

/** What somebody asks to be done with a chat. */
interface AssignmentRequest extends AssignmentWish {
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
  const isAsRead = sql`${chats.wa_id} = ${waId}
    and ${chats.assigned_user_id} is ${before.assigned_user_id}
    and ${chats.assigned_group_id} is ${before.assigned_group_id}`;
  const isTime = sql`exists (select 1 from ${chats} where ${isAsRead})`;
  const results = await db.batch<WrittenEvent[][]>([
    ...contents.map(({ event, placed }) => insertEvent(event, placed, isTime)),
    recordChange(waId, change, { timestamp, doneBy: actor.id }, isTime),
    query.update(chats).set(after).where(isAsRead),
  ]);
  const written = results.slice(0, events.length).flat();
  return written.length === 0 ? undefined : written;
}

function recordChange(
  waId: string,
  { userSet, userWasCleared, groupSet, groupWasCleared }: AssignmentChange,
  { timestamp, doneBy }: { timestamp: number; doneBy: number },
  condition: SQL,
) {
  const row = {
    chat: waId,
    timestamp,
    user_set: userSet,
    user_was_cleared: Number(userWasCleared),
    group_set: groupSet,
    group_was_cleared: Number(groupWasCleared),
    done_by: doneBy,
  };
  return insertWhere(assignment_events, row, condition);
}

/**
 * Returns the messages that someone is told of when a chat is assigned to them, oldest first: what the
 * customer wrote lately and they have not received, or else the customer's last message, or else ours.
 * A program that reacts to each so meets none twice, and always learns of the chat. Empty for a chat
 * without messages.
 */
async function heldMessages(
  db: Database,
  chat: string,
  userId: number,
  links: Links,
): Promise<ApiMessage[]> {
  const [newest, [mark]] = await db.batch<[MessageRow[], { ordinal: number }[]]>([
    selectInOrder(newestMessages({ chat }, sql`limit ${LOOKED_AT}`)),
    query
      .select({ ordinal: marks.ordinal })
      .from(marks)
      .where(and(eq(marks.user_id, userId), eq(marks.chat, chat))),
  ]);
  const rows = pickHeld(newest, mark?.ordinal ?? 0).toReversed();
  return presentMessages(db, rows, { userId, ...links });
}

function pickHeld(newest: readonly MessageRow[], mark: number): MessageRow[] {
  const incoming = newest.filter((message) => message.ordinal !== null);
  const fresh = incoming.filter((message) => (message.ordinal ?? 0) > mark);
  return fresh.length > 0 ? fresh : [incoming[0] ?? newest[0] ?? []].flat();
}

/**
 * Reads who a chat is to be assigned to. Throws `invalid` for somebody who does not exist or is not
 * active. Whose it was already is not asked: a chat may stay with somebody who has left.
 */
async function readTargets(
  db: Database,
  { userSet, groupSet }: AssignmentChange,
): Promise<AssignmentTargets> {
  const [user, group] = await Promise.all([readUser(db, userSet), readGroup(db, groupSet)]);
  return { user, group };
}

async function readUser(db: Database, id: number | null): Promise<User | null> {
  if (id === null) return null;
  const user = await findUser(db, id);
  if (user === undefined) throw unknown('assigned_to_user', id);
  if (!user.isActive) throw invalidField('assigned_to_user', 'This user is not active.');
  return user;
}

async function readGroup(db: Database, id: number | null): Promise<Group | null> {
  if (id === null) return null;
  const group = await findGroup(db, id);
  if (group === undefined) throw unknown('assigned_group', id);
  return group;
}

function unknown(field: string, id: number): Error {
  return invalidField(field, `Invalid pk "${id}" - object does not exist.`);
}

/**
 * Makes the event that tells of an assignment at `now` (milliseconds). Whoever could read the chat until
 * then is told, too: it is from this that they learn that it is gone.
 */
function assignmentEvent(
  act: ApiAssignmentEvent,
  { before, after }: Pick<AssignmentChange, 'before' | 'after'>,
  now: number,
): NewEvent {
  const about = [eventChat(act.wa_id, after), eventChat(act.wa_id, before)];
  return ownEvent('assignment', { extended: { chat_assignment: act }, chats: about }, now);
}

/** Makes the event with what a chat holds for whom it was just assigned to (spec: "assigned_messages"). */
function assignedEvent(
  waId: string,
  after: Assignment,
  messages: readonly ApiMessage[],
  now: number,
): NewEvent {
  const told = {
    extended: { assigned_messages: [...messages] },
    chats: [eventChat(waId, after)],
    incoming: messages.filter((message) => !message.from_us).map((message) => message.id),
  };
  return ownEvent('assigned', told, now);
}

function eventChat(waId: string, { assigned_user_id, assigned_group_id }: Assignment): EventChat {
  return { wa_id: waId, assigned_user_id, assigned_group_id };
}
