import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { invalidField, WaypostError } from '../../error.ts';
import { findRawContents } from '../../events/event.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { assertAdmin } from '../permissions.ts';
import { transferTable, type TransferName } from './transfer-tables.ts';

/** Rows in one part. */
const MAX_ROWS = 500;

/** Characters in one part, but for a single row that has more. */
const MAX_CHARACTERS = 4_000_000;

/** A part of a table, as lines of JSON. */
export interface ExportedPart {
  lines: string[];
  /** Where the next part begins; null where there is none. */
  next: string | null;
}

/**
 * Returns the rows of a table behind a cursor (empty for the first part), by its primary key: what is written in the
 * meantime may be missing. Throws `forbidden` for who may not see all there is, and `invalid` for another cursor.
 */
export async function exportRows(
  { db, files }: Pick<StackContext, 'db' | 'files'>,
  user: User,
  name: TransferName,
  cursor: string,
): Promise<ExportedPart> {
  assertSeesAll(user);
  const { columns, keys, texts } = transferTable(name);
  const size = sql.raw(
    ['100', ...texts.map((column) => `coalesce(length("${column}"), 0)`)].join(' + '),
  );
  const table = sql.raw(`"${name}"`);
  const rows = await db.all<Record<string, unknown>>(sql`
    with part as (
      select ${names(keys)}, ${size} as _size from ${table} where ${behind(names(keys), keys.length, cursor)}
      order by ${names(keys)} limit ${MAX_ROWS}
    ), counted as (select *, sum(_size) over (order by ${names(keys)}) - _size as _before from part)
    select ${names(columns, 't.')} from counted join ${table} t using (${names(keys)})
    where counted._before < ${MAX_CHARACTERS} order by ${names(keys, 't.')}`);
  const lines: string[] = [];
  let characters = 0;
  let next: string | null = null;
  for (const row of rows) {
    // What lies in R2 is not counted above.
    if (characters >= MAX_CHARACTERS) break;
    const line = JSON.stringify(name === 'events' ? await withContents(files, row) : row);
    characters += line.length;
    lines.push(line);
    next = JSON.stringify(keys.map((key) => row[key]));
  }
  return { lines, next };
}

/** Columns in a row, each behind `of`. */
function names(list: readonly string[], of = ''): SQL {
  return sql.raw(list.map((column) => `${of}"${column}"`).join(', '));
}

function behind(keys: SQL, count: number, cursor: string): SQL {
  if (cursor === '') return sql`true`;
  const values = cursorValues(cursor);
  if (values?.length !== count) throw invalidField('after', 'This is no `next` of this table.');
  return sql`(${keys}) > (${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )})`;
}

function cursorValues(cursor: string): (string | number)[] | undefined {
  try {
    const values: unknown = JSON.parse(cursor);
    const isList = Array.isArray(values);
    return isList && values.every((value) => ['string', 'number'].includes(typeof value))
      ? values
      : undefined;
  } catch {
    return undefined;
  }
}

/** Admins, too, are bound by their scope, and a part of a stack is no copy of it. Throws `forbidden`. */
export function assertSeesAll(user: User): void {
  assertAdmin(user);
  if (user.canReadChats === 'all' && user.canWriteToChats === 'all') return;
  throw new WaypostError('forbidden', 'You do not have permission to perform this action.');
}

async function withContents(
  files: StackContext['files'],
  row: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if (row['in_r2'] !== 1) return row;
  return { ...row, ...(await findRawContents(files, String(row['id']))) };
}
