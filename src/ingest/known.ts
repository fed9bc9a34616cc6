import type { Links } from '../inbox/media/links.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { ChatAlias } from '../inbox/chats/chat-aliases.ts';
import type { ChatRow } from '../inbox/chats/person.ts';
import { selectByWabaId } from '../inbox/messages/load-messages.ts';
import { contextIdOf, type MessageRow, parsePayload } from '../inbox/messages/present-message.ts';
import { type OwnNumberId, selectOwnNumberId } from '../inbox/profile/own-number-id.ts';
import { selectChatTags, selectMessageTags, type TagOnRow } from '../inbox/tags/tags-on.ts';
import { type Database, jsonList } from '../store/database.ts';
import type { StackContext } from '../store/open-stack.ts';
import { decodeCallback } from '../waba/callback-data.ts';
import type { InboundBody } from '../waba/envelope.ts';
import type { InboundStatus } from '../waba/items.ts';
import { idOf } from '../waba/json-record.ts';
import { isPhone } from '../waba/recipient.ts';
import type { InboundCall } from '../bindings.ts';
import type { ReadCall } from './read-call.ts';
import { selectChanged } from '../inbox/messages/apply-changes.ts';

/** How long the digest of a body without ids is remembered: WABA redelivers for seven days. */
export const DIGEST_LIFE_MS = 8 * 24 * 60 * 60 * 1000;

/** A status that is stored already. */
export interface KnownStatus {
  waba_id: string;
  status: string;
  participant: string;
}

/** What the database knows about the contents of some bodies. */
export interface Known {
  chats: ChatRow[];
  /** Numbers that are named, and lead to chats of other keys; those that the bodies teach, too. */
  aliases: ChatAlias[];
  /** Messages that a body repeats, replies to or has statuses of. */
  messages: MessageRow[];
  statuses: KnownStatus[];
  /** Of those chats and messages. */
  chatTags: TagOnRow[];
  messageTags: TagOnRow[];
  /** Which of the messages others edit or revoke that came before them. */
  changed: string[];
  /** Of bodies that were stored before. */
  digests: string[];
  /** Undefined where WABA has not named it, and where what is for other numbers is stored like the rest. */
  ownNumber: OwnNumberId | undefined;
}

/** What a plan is made from: a call, what its body says, and what is known of that. */
export interface PlanInput extends InboundCall, Links {
  inbound: InboundBody;
  /** It may tell of other bodies, too. */
  known: Known;
  newId(): string;
}

/** What the bodies name. */
type Named = Pick<
  InboundBody,
  'contacts' | 'messages' | 'statuses' | 'moves' | 'groups' | 'savedNames'
>;

/**
 * Reads all that is known about some bodies in one round trip, whose statements are as many for one body
 * as for several; every lookup is by a unique key, and what no body names is not looked up.
 */
export async function readKnown(
  { db, config }: Pick<StackContext, 'config'> & { db: Pick<Database, 'batch'> },
  calls: readonly ReadCall[],
): Promise<Known> {
  const isNumbered =
    config.foreignNumbers === 'forward' && calls.some((read) => read.inbound.numberIds.length > 0);
  const inbound = namedBy(calls.map((read) => read.inbound));
  const contextIds = contextIdsIn(inbound);
  const ourIds = ourIdsIn(inbound);
  const statusIds = inbound.statuses.map((status) => status.id);
  const [chats, aliases, chatTags, byWabaId, byId, statuses, messageTags, changed, digests, own] =
    await readSome<
      [
        ChatRow[],
        ChatAlias[],
        TagOnRow[],
        MessageRow[],
        MessageRow[],
        KnownStatus[],
        TagOnRow[],
        { original: string }[],
        { digest: string }[],
        OwnNumberId[],
      ]
    >(db, [
      selectChats(namedKeys(inbound)),
      selectAliases(namedKeys(inbound)),
      selectChatTags(chatKeys(namedKeys(inbound))),
      selectByWabaId(wabaIdsIn(inbound)),
      ourIds.length > 0 && selectByOurId(ourIds),
      statusIds.length > 0 && selectStatuses(statusIds),
      contextIds.length > 0 && selectMessageTags(selectIds(contextIds)),
      selectChanged(inbound.messages.map((message) => message.id))[0] ?? false,
      selectDigests(calls),
      isNumbered && selectOwnNumberId(config),
    ]);
  const messages = [...byWabaId, ...byId];
  const taught = namesTaught(inbound.statuses, messages);
  const other = taught.length === 0 ? { chats: [], chatTags: [] } : await readOther(db, taught);
  return {
    chats: [...chats, ...other.chats],
    aliases: [...aliases, ...taught],
    messages,
    statuses,
    chatTags: [...chatTags, ...other.chatTags],
    messageTags,
    changed: changed.map(({ original }) => original),
    digests: digests.map(({ digest }) => digest),
    ownNumber: own[0],
  };
}

/** Reads the chats of numbers that were dialled, which no body names. */
async function readOther(
  db: Pick<Database, 'batch'>,
  taught: readonly ChatAlias[],
): Promise<Pick<Known, 'chats' | 'chatTags'>> {
  const list = jsonList(taught.map(({ alias }) => alias));
  const [chats, chatTags] = await db.batch<[ChatRow[], TagOnRow[]]>([
    sql`select * from chats where wa_id in (select value from json_each(${list}))`,
    selectChatTags(sql`select value from json_each(${list})`),
  ]);
  return { chats, chatTags };
}

function namedBy(bodies: readonly InboundBody[]): Named {
  return {
    contacts: bodies.flatMap(({ contacts }) => contacts),
    messages: bodies.flatMap(({ messages }) => messages),
    statuses: bodies.flatMap(({ statuses }) => statuses),
    moves: bodies.flatMap(({ moves }) => moves),
    groups: bodies.flatMap(({ groups }) => groups),
    savedNames: bodies.flatMap(({ savedNames }) => savedNames),
  };
}

/** Bodies that are stored at once came within moments of each other. */
function selectDigests(calls: readonly ReadCall[]): SQL {
  const digests = jsonList(calls.map(({ call }) => call.digest));
  const oldest = Math.max(...calls.map(({ call }) => call.now)) - DIGEST_LIFE_MS;
  return sql`select digest from events
    where digest in (select value from json_each(${digests})) and created_at > ${oldest}`;
}

/** Runs some of the queries in one round trip; the others have no rows. */
async function readSome<Results extends unknown[][]>(
  db: Pick<Database, 'batch'>,
  queries: readonly (SQL | false)[],
): Promise<Results> {
  const results = await db.batch(queries.filter((query) => query !== false));
  const rows: unknown = queries.map((query) => (query === false ? [] : results.shift()));
  // As with a batch: the queries stand beside the type argument where this is called.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return rows as Results;
}

function selectChats(list: SQL): SQL {
  return sql`select * from chats where wa_id in (select value from json_each(${list}))
    union select * from chats where user_id in (select value from json_each(${list}))
    union select c.* from json_each(${list}) j
      join chat_aliases a on a.alias = j.value join chats c on c.wa_id = a.chat`;
}

function selectAliases(list: SQL): SQL {
  return sql`select a.* from json_each(${list}) j join chat_aliases a on a.alias = j.value`;
}

/** The keys of `selectChats`, and some that no chat has. */
function chatKeys(list: SQL): SQL {
  return sql`select value from json_each(${list})
    union select a.chat from json_each(${list}) j join chat_aliases a on a.alias = j.value
    union select wa_id from chats where user_id in (select value from json_each(${list}))`;
}

function selectByOurId(ids: readonly string[]): SQL {
  return sql`select * from messages where id in (select value from json_each(${jsonList(ids)}))`;
}

function selectStatuses(ids: readonly string[]): SQL {
  return sql`select s.waba_id, s.status, s.participant from json_each(${jsonList(ids)}) j
    join statuses s on s.waba_id = j.value`;
}

function selectIds(wabaIds: readonly string[]): SQL {
  return sql`select id from messages where waba_id in (select value from json_each(${jsonList(wabaIds)}))`;
}

function namedKeys(inbound: Named): SQL {
  const refs = [
    ...inbound.contacts,
    ...inbound.messages,
    ...inbound.statuses,
    ...inbound.savedNames,
  ];
  const keys = new Set<string>();
  for (const { group } of [...inbound.messages, ...inbound.statuses, ...inbound.groups])
    if (group !== undefined) keys.add(group);
  for (const { phone, userId } of refs)
    for (const key of [phone, userId]) if (key !== undefined) keys.add(key);
  for (const { from, to } of inbound.moves) keys.add(from).add(to);
  return jsonList([...keys]);
}

function wabaIdsIn(inbound: Named): string[] {
  const own = [...inbound.messages, ...inbound.statuses].map((item) => item.id);
  return [...new Set([...own, ...contextIdsIn(inbound)])];
}

/** WhatsApp's ids of the messages that are replied to. */
function contextIdsIn(inbound: Named): string[] {
  return inbound.messages.flatMap((message) => idOf(contextIdOf(message.payload)) ?? []);
}

/** Our own ids that came back as callback data. */
function ourIdsIn(inbound: Named): string[] {
  return inbound.statuses.flatMap(({ callbackData }) =>
    callbackData === undefined ? [] : (decodeCallback(callbackData) ?? []),
  );
}

/**
 * Which numbers turn out to be other names of customers: a status names its recipient as WhatsApp does,
 * and its message the number that was dialled. The answer to the send says the same; this is for those
 * whose answer was lost. A message that has moved to another chat since says nothing: its recipient's
 * number has changed.
 */
function namesTaught(
  statuses: readonly InboundStatus[],
  messages: readonly MessageRow[],
): ChatAlias[] {
  if (statuses.length === 0) return [];
  const byId = new Map(messages.flatMap((row) => [[row.id, row] as const, [row.waba_id, row]]));
  const taught = new Map<string, string>();
  for (const { id, phone, participant, callbackData } of statuses) {
    if (phone === undefined || !isPhone(phone) || participant !== '') continue;
    const ourId = callbackData === undefined ? undefined : decodeCallback(callbackData);
    const message = byId.get(id) ?? byId.get(ourId ?? null);
    if (message?.from_us !== 1 || message.chat === phone || !isPhone(message.chat)) continue;
    if (parsePayload(message.payload)['to'] === message.chat) taught.set(message.chat, phone);
  }
  return [...taught].map(([alias, chat]) => ({ alias, chat }));
}
