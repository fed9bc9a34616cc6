import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import { type Database, readJson } from '../../store/database.ts';
import type { waba_errors } from '../../store/schema.ts';
import type { JsonRecord } from '../../waba/json-record.ts';
import { withShownErrors } from '../../waba/shown-error.ts';
import {
  asLongList,
  type Counted,
  countRows,
  type LongList,
  type PageRange,
  spanOf,
  takePart,
} from '../long-list.ts';
import { readableChats } from '../permissions.ts';

type ErrorRow = typeof waba_errors.$inferSelect;

/** An error of WABA's as the API shows it (spec: retrieveWabaError). */
export interface ApiWabaError {
  id: number;
  /** What holds the error in `errors`: the status of a message as WABA sent it, or nothing else. */
  waba_payload: JsonRecord & { errors: JsonRecord[] };
  /** Seconds. */
  timestamp: number;
  /** WhatsApp's id of the message that it is about; null where it is about none. */
  waba_id: string | null;
  /** Our id of that message. */
  getchat_id: string | null;
}

/** Someone who may read few chats has their errors picked out of so many, the newest. */
const MAX_LOOKED_AT = 10_000;

/**
 * Returns a part of WABA's errors, newest first: those about messages that a user may read, and those
 * about none for whoever may read all chats.
 */
export async function listWabaErrors(
  db: Database,
  user: User,
  part: PageRange,
): Promise<LongList<ApiWabaError>> {
  const newest = sql`(select * from waba_errors order by id desc limit ${MAX_LOOKED_AT})`;
  const [rows, counted] = await db.batch<[ErrorRow[], Counted[]]>([
    sql`select e.* from ${readable(newest, user)} order by e.id desc ${takePart(part)}`,
    countRows(sql`from ${readable(newest, user)}`, spanOf('waba_errors')),
  ]);
  const list = asLongList(rows, counted, part);
  return { ...list, items: list.items.map(presentError) };
}

/** Returns one error. Throws `not_found` also where the user may not see it. */
export async function retrieveWabaError(
  db: Database,
  user: User,
  id: number,
): Promise<ApiWabaError> {
  const one = sql`(select * from waba_errors where id = ${id})`;
  const row = await db.first<ErrorRow>(sql`select e.* from ${readable(one, user)}`);
  if (row === undefined) throw notFound();
  return presentError(row);
}

/** Those of `errors` that a user may see, as `e`. An error without a chat fits no scope but `all`. */
function readable(errors: SQL, user: User): SQL {
  if (user.canReadChats === 'all') return sql`${errors} e`;
  return sql`${errors} e join messages m on m.id = e.message_id join chats c on c.wa_id = m.chat
    and ${readableChats(user)}`;
}

function presentError(row: ErrorRow): ApiWabaError {
  const { id, payload, timestamp, waba_id, message_id } = row;
  return {
    id,
    waba_payload: withShownErrors(readJson(payload)),
    timestamp,
    waba_id,
    getchat_id: message_id,
  };
}
