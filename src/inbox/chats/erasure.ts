import { sql, type SQL } from 'drizzle-orm';
import { type Database, jsonList } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { erasures } from '../../store/schema.ts';

/**
 * A customer who is being erased, under all the keys that they had. First their messages and all rows
 * about them go, then what their events say.
 */
export interface Erasure {
  keys: readonly string[];
  /** Events up to this one are done with. */
  cursorSeq: number;
  /** The last event of theirs; undefined as long as there are rows, so that there may come more. */
  untilSeq: number | undefined;
}

/** `until_seq` as long as it is not known. */
export const NOT_KNOWN = -1;

/** Keys whose erasing is gone on with at once. */
const MAX_KEYS = 200;

/**
 * The statement that begins to erase a customer, or begins anew where only events of a former time were
 * left: the customer has come back since.
 */
export function beginErasure(keys: readonly string[], now: number): SQL {
  return sql`
    insert into ${erasures} (chat, cursor_seq, until_seq, created_at)
    select value, 0, ${NOT_KNOWN}, ${now} from json_each(${jsonList(keys)}) where true
    on conflict (chat) do update set cursor_seq = 0, until_seq = ${NOT_KNOWN}
      where until_seq != ${NOT_KNOWN}`;
}

/** Reads what is being erased; the keys that have come equally far are one erasure. */
export async function openErasures(db: Database): Promise<Erasure[]> {
  const { chat, cursor_seq, until_seq, created_at } = erasures;
  const rows = await db.all(
    query
      .select({ chat, cursor_seq, until_seq })
      .from(erasures)
      .orderBy(created_at, chat)
      .limit(MAX_KEYS),
  );
  const groups = Map.groupBy(rows, (row) => `${row.cursor_seq} ${row.until_seq}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const untilSeq = first.until_seq === NOT_KNOWN ? undefined : first.until_seq;
    return [{ keys: group.map((row) => row.chat), cursorSeq: first.cursor_seq, untilSeq }];
  });
}

/** The keys of an erasure as a subquery. */
export function keysOf({ keys }: Pick<Erasure, 'keys'>): SQL {
  return sql`(select value from json_each(${jsonList(keys)}))`;
}

/**
 * Whether a JSON text holds a key as a text of its own, as a condition. WhatsApp writes every key so;
 * a number within another one, or within a sentence, is none.
 */
export function holdsKey(text: SQL, { keys }: Pick<Erasure, 'keys'>): SQL {
  const quoted = jsonList(keys.map((key) => JSON.stringify(key)));
  return sql`exists (select 1 from json_each(${quoted}) q where instr(${text}, q.value) > 0)`;
}
