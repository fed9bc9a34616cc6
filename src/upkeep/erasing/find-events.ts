import { sql } from 'drizzle-orm';
import { type EventRow, findContents } from '../../events/event.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { readBody } from '../../waba/envelope.ts';
import { isRecord, type JsonRecord } from '../../waba/json-record.ts';
import { type Erasure, holdsKey, keysOf } from '../../inbox/chats/erasure.ts';

/** Events looked through by one query: their texts are searched, and each may have 1.5 MB. */
const WINDOW = 500;

/** Events whose contents are read by one step, one after another: up to 6 MB each. */
const MAX_READ = 10;

/** An event that is about a customer. */
export interface FoundEvent extends Pick<EventRow, 'seq' | 'id' | 'in_r2' | 'chats'> {
  /** WhatsApp's ids of the messages that the statuses in it are about, where only R2 knows them. */
  statusIds: unknown[];
}

type Candidate = Pick<EventRow, 'seq' | 'id' | 'in_r2' | 'chats'> & { is_named: 0 | 1 };

/**
 * Finds which of the next events up to `untilSeq` are about a customer, whether their chat is named in
 * them or not: a status of a message that others sent, or what we do not understand, names no chat.
 * Returns up to which event was looked.
 */
export async function findEvents(
  stack: Pick<StackContext, 'db' | 'files'>,
  erasure: Erasure,
  untilSeq: number,
): Promise<{ events: FoundEvent[]; upTo: number }> {
  const { candidates, end } = await readCandidates(stack, erasure, untilSeq);
  const events: FoundEvent[] = [];
  let read = 0;
  for (const candidate of candidates) {
    const { is_named: isNamed, ...event } = candidate;
    if (isNamed === 1 && event.in_r2 === 0) {
      events.push({ ...event, statusIds: [] });
      continue;
    }
    if (read === MAX_READ) return { events, upTo: event.seq - 1 };
    read += 1;
    const contents = await readOne(stack, candidate);
    // What is gone already may have been theirs: a former run did not come to its end.
    const isTheirs = isNamed === 1 || contents === null || isAbout(contents.body, erasure.keys);
    if (isTheirs) events.push({ ...event, statusIds: contents?.statusIds ?? [] });
  }
  return { events, upTo: end };
}

async function readCandidates(
  { db }: Pick<StackContext, 'db'>,
  erasure: Erasure,
  untilSeq: number,
): Promise<{ candidates: Candidate[]; end: number }> {
  const window = sql`from events where seq > ${erasure.cursorSeq} and seq <= ${untilSeq}
    order by seq limit ${WINDOW}`;
  const [candidates, ends] = await db.batch<
    [Candidate[], { count: number; last: number | null }[]]
  >([
    sql`select seq, id, in_r2, chats, is_named from (
          select seq, id, in_r2, iif(json_valid(chats), chats, '[]') as chats, body, extended, exists (
            select 1 from json_each(iif(json_valid(chats), chats, '[]')) c where c.value->>'wa_id' in ${keysOf(erasure)}) as is_named
          ${window}
        ) e where is_named = 1 or in_r2 = 1
          or ${holdsKey(sql`e.body`, erasure)} or ${holdsKey(sql`e.extended`, erasure)}`,
    sql`select count(*) as count, max(seq) as last from (select seq ${window})`,
  ]);
  const { count = 0, last = null } = ends[0] ?? {};
  return { candidates, end: count < WINDOW ? untilSeq : (last ?? untilSeq) };
}

/**
 * Reads the body of an event, and of one in R2 the statuses in it, too; null where they are there no
 * more. An inline shape is left alone: one that is torn must not hold up everything behind it.
 */
async function readOne(
  { db, files }: Pick<StackContext, 'db' | 'files'>,
  { seq, in_r2: inR2 }: Candidate,
): Promise<{ body: string; statusIds: unknown[] } | null> {
  const row = await db.first<Pick<EventRow, 'id' | 'body' | 'extended' | 'in_r2'>>(
    sql`select id, body, null as extended, in_r2 from events where seq = ${seq}`,
  );
  if (row === undefined) return null;
  if (inR2 === 0) return { body: row.body ?? '', statusIds: [] };
  const contents = await findContents(files, row);
  return contents && { body: contents.body ?? '', statusIds: idsOf(contents.extended.statuses) };
}

function idsOf(statuses: readonly unknown[] = []): unknown[] {
  return statuses.flatMap((status) => (isRecord(status) ? [status['id']] : []));
}

/**
 * Whether a body of WABA's is about a customer: whether one of its items is theirs. Another customer's
 * message that tells their number, in a shared contact say, is not; but what we do not understand is,
 * wherever it names them.
 */
function isAbout(body: string, keys: readonly string[]): boolean {
  const parsed = parse(body);
  if (parsed === undefined) return holdsOne(body, keys);
  const { contacts, messages, statuses, moves, hasUnidentified } = readBody(parsed);
  const named = new Set<string | undefined>([
    ...[...contacts, ...messages, ...statuses].flatMap(({ phone, userId }) => [phone, userId]),
    ...statuses.map(({ participant }) => participant),
    ...moves.flatMap(({ from, to }) => [from, to]),
  ]);
  return keys.some((key) => named.has(key)) || (hasUnidentified && holdsOne(body, keys));
}

function holdsOne(text: string, keys: readonly string[]): boolean {
  return keys.some((key) => text.includes(JSON.stringify(key)));
}

function parse(body: string): JsonRecord | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
