import type { EventChat } from '../../events/audience.ts';
import { and, eq, sql, type SQL } from 'drizzle-orm';
import { CONTENTS_GONE, contentsKeys } from '../../events/event.ts';
import { isOneOf, jsonChunks, jsonList, readJson } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query, type Statement } from '../../store/query.ts';
import { erasures, events } from '../../store/schema.ts';
import { deletePlaces, releaseHeld } from '../../webhooks/chat-queue.ts';
import { loseDeliveries } from '../../webhooks/delivery-rows.ts';
import { blankAttempts } from '../../webhooks/log/attempt-log.ts';
import { type Erasure, holdsKey } from '../../inbox/chats/erasure.ts';
import { findEvents, type FoundEvent } from './find-events.ts';

/** Stands in an event for a customer who was erased; no key of a chat looks like it. */
const ERASED = 'erased';

/**
 * Takes what is about a customer out of the next events up to `untilSeq`: their contents, the customer
 * among their chats, and what receivers said to them. The events themselves stay, and so do their
 * deliveries: how many there were is no secret. What was not delivered yet is dead. After the last event the erasure itself goes. `now` is in milliseconds.
 */
export async function eraseEvents(
  stack: Pick<StackContext, 'db' | 'files'>,
  erasure: Erasure,
  untilSeq: number,
  now: number,
): Promise<void> {
  const { events: found, upTo } = await findEvents(stack, erasure, untilSeq);
  // First what no row leads to afterwards.
  const keys = found.filter(({ in_r2 }) => in_r2 === 1).flatMap(contentsKeys);
  if (keys.length > 0) await stack.files.delete(keys);
  await stack.db.batch([
    ...(found.length === 0 ? [] : statementsFor(found, erasure, now)),
    // Another invocation may have gone further meanwhile.
    upTo >= untilSeq
      ? query.delete(erasures).where(isAsRead(erasure, untilSeq))
      : query.update(erasures).set({ cursor_seq: upTo }).where(isAsRead(erasure, untilSeq)),
  ]);
}

function isAsRead(erasure: Erasure, untilSeq: number): SQL | undefined {
  return and(
    isOneOf(erasures.chat, erasure.keys),
    eq(erasures.cursor_seq, erasure.cursorSeq),
    eq(erasures.until_seq, untilSeq),
  );
}

function statementsFor(found: readonly FoundEvent[], erasure: Erasure, now: number): Statement[] {
  const list = found.map(({ seq }) => seq);
  const seqs = sql`(select value from json_each(${jsonList(list)}))`;
  return [
    ...deleteStatuses(found, seqs, erasure),
    blankAttempts(seqs),
    loseDeliveries(seqs, CONTENTS_GONE),
    deletePlaces(sql`seq in ${seqs}`),
    // Whether there was an incoming message in it is kept: it decides who was told.
    ...jsonChunks(found.map(({ seq, chats }) => ({ seq, chats: withoutKeys(chats, erasure) }))).map(
      (rows) => sql`
        update ${events} set body = null, extended = null, in_r2 = 0, headers = '{}',
          incoming = iif(incoming = '[]', '[]', ${JSON.stringify([ERASED])}), chats = j.value->>'chats'
        from json_each(${rows}) j where events.seq = j.value->>'seq'`,
    ),
    releaseHeld(
      sql`select webhook_id, seq from deliveries where seq in ${seqs}
        union select w.id, (select min(q.seq) from chat_queue q where q.webhook_id = w.id and q.chat = k.value)
          from webhooks w join json_each(${jsonList(chatsOf(found))}) k`,
      now,
    ),
  ];
}

/** The chats whose queues they stood in. */
function chatsOf(found: readonly FoundEvent[]): string[] {
  const named = found.flatMap(({ chats }) => readJson<EventChat[]>(chats));
  return [...new Set(named.map(({ wa_id }) => wa_id))];
}

/** Statuses of messages that others sent to the customer; those of ours went with the messages. */
function deleteStatuses(found: readonly FoundEvent[], seqs: SQL, erasure: Erasure): SQL[] {
  const isTheirs = holdsKey(sql`statuses.payload`, erasure);
  const ids = found.flatMap(({ statusIds }) => statusIds);
  return [
    sql`delete from statuses where waba_id in (
          select s.value->>'id' from ${events} e join json_each(iif(json_valid(e.extended), e.extended, '{}'), '$.statuses') s
          where e.seq in ${seqs}) and ${isTheirs}`,
    ...jsonChunks(ids).map(
      (list) => sql`
        delete from statuses where waba_id in (select value from json_each(${list})) and ${isTheirs}`,
    ),
  ];
}

function withoutKeys(chats: string, { keys }: Erasure): string {
  const named = readJson<EventChat[]>(chats);
  return JSON.stringify(
    named.map((chat) => {
      if (!keys.includes(chat.wa_id)) return chat;
      const { assigned_user_id, assigned_group_id } = chat;
      return { wa_id: ERASED, assigned_user_id, assigned_group_id };
    }),
  );
}
