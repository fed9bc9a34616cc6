import { sql, type SQL } from 'drizzle-orm';
import { hashToken, newNonce } from '../../auth/token.ts';
import type { User } from '../../auth/user.ts';
import { WaypostError } from '../../error.ts';
import { placeRawContents } from '../../events/event.ts';
import { type Database, jsonChunks } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { isRecord, type JsonRecord } from '../../waba/json-record.ts';
import { SEARCHED_AS } from '../chats/chat-aliases.ts';
import { SEARCH_KEY } from '../messages/search-text.ts';
import { assertSeesAll } from './export-rows.ts';
import { TRANSFER_NAMES, transferTable, type TransferName } from './transfer-tables.ts';

/** Rows in one call. */
const MAX_ROWS = 1_000;

/** Set while a stack takes in another one's rows. */
const IMPORTING = 'importing';

/** How many rows came, how many of them were not there before, and how many are there now as they came. */
export interface ImportedRows {
  rows: number;
  stored: number;
  kept: number;
}

/**
 * Takes rows of an export, as lines of JSON, into a stack that was empty when the import began; a row that is
 * there already stays as it is, so that a part may come again. Throws `forbidden`, `conflict` for a stack that has
 * something of its own, and `invalid` for lines that are no rows of the table: nothing is stored then.
 */
export async function importRows(
  { db, files }: Pick<StackContext, 'db' | 'files'>,
  user: User,
  name: TransferName,
  text: string,
): Promise<ImportedRows> {
  assertSeesAll(user);
  await assertImporting(db);
  const rows = parseRows(text);
  if (rows.length === 0) return { rows: 0, stored: 0, kept: 0 };
  const columns = columnsOf(name, rows);
  const prepared: JsonRecord[] = [];
  for (const row of rows) prepared.push(await prepare(files, name, row));
  const isUsers = name === 'users';
  const written = isUsers ? [...columns, 'token_nonce', 'token_hash'] : columns;
  const result = { rows: rows.length, stored: 0, kept: 0 };
  for (const json of jsonChunks(prepared)) {
    const [stored, kept] = await store(db, [
      insert(name, written, json),
      selectKept(name, columns, json),
      ...index(name, json),
    ]);
    result.stored += stored;
    result.kept += kept;
  }
  return result;
}

/**
 * Ends an import: brings the totals up to date and returns how many rows each table has. Throws `forbidden`, and
 * `conflict` where there is no import.
 */
export async function finishImport(
  { db }: Pick<StackContext, 'db'>,
  user: User,
): Promise<Record<string, number>> {
  assertSeesAll(user);
  if (!(await isImporting(db))) throw new WaypostError('conflict', 'No import is under way.');
  await db.batch([
    sql`update counters set value = (select count(*) from messages) where name = 'messages'`,
    sql`update counters set value = (select count(*) from chats) where name = 'chats'`,
    sql`delete from counters where name = ${IMPORTING}`,
  ]);
  const counts: Record<string, number> = {};
  for (const name of TRANSFER_NAMES) counts[name] = await count(db, name);
  return counts;
}

/** Throws `conflict` unless an import is under way or may begin now. */
export async function assertImporting(db: Database): Promise<void> {
  if (await isImporting(db)) return;
  const begun = await db.run(sql`
    insert into counters (name, value) select ${IMPORTING}, 1
    where not exists (select 1 from messages) and not exists (select 1 from chats)
      and not exists (select 1 from events) on conflict (name) do nothing`);
  if (begun === 1) return;
  throw new WaypostError(
    'conflict',
    'Only a stack without chats, messages and events takes an import.',
  );
}

async function isImporting(db: Database): Promise<boolean> {
  return (await db.first(sql`select 1 from counters where name = ${IMPORTING}`)) !== undefined;
}

/** Returns how many rows the first statement has written, and what the second counts. */
async function store(db: Database, statements: SQL[]): Promise<[stored: number, kept: number]> {
  try {
    const [written, [kept]] = await db.batch<[unknown[], { kept: number }[]]>(statements);
    return [written.length, kept?.kept ?? 0];
  } catch (cause) {
    if (!/constraint failed/.test(String(cause))) throw cause;
    const problem = 'A row lacks what every row of the table has, or has it in a wrong form.';
    throw new WaypostError('invalid', problem, { cause, fields: { rows: [problem] } });
  }
}

function parseRows(text: string): JsonRecord[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > MAX_ROWS) throw invalid(`A call takes ${MAX_ROWS} rows at most.`);
  return lines.map((line, at) => {
    const row = parsed(line);
    if (isRecord(row)) return row;
    throw invalid(`Line ${at + 1} is no JSON object.`);
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The columns that the rows say something of: an export by an older release has fewer of them. */
function columnsOf(name: TransferName, rows: readonly JsonRecord[]): string[] {
  const [first = {}] = rows;
  const columns = transferTable(name).columns.filter((column) => column in first);
  if (columns.length === 0) throw invalid(`The rows have no column of ${name}.`);
  for (const [at, row] of rows.entries()) {
    const wrong = columns.find((column) => !isValue(row[column]));
    if (wrong !== undefined) throw invalid(`Line ${at + 1} has no value for ${wrong}.`);
  }
  return columns;
}

function isValue(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number';
}

async function prepare(
  files: StackContext['files'],
  name: TransferName,
  row: JsonRecord,
): Promise<JsonRecord> {
  // Nobody's token: signing in gives one.
  if (name === 'users')
    return { ...row, token_nonce: newNonce(), token_hash: hashToken(newNonce()) };
  if (name !== 'events' || row['in_r2'] !== 1) return row;
  const { body, extended, ...rest } = row;
  await placeRawContents(files, String(row['id']), { body, extended });
  return { ...rest, body: null, extended: null };
}

function insert(name: TransferName, columns: readonly string[], json: SQL): SQL {
  const names = sql.raw(columns.map((column) => `"${column}"`).join(', '));
  const values = sql.raw(columns.map((column) => `value->>'${column}'`).join(', '));
  return sql`insert into ${sql.raw(`"${name}"`)} (${names})
    select ${values} from json_each(${json}) where true on conflict do nothing returning 1`;
}

/** Counts those that are there as they came: a row that was there before may say something else. */
function selectKept(name: TransferName, columns: readonly string[], json: SQL): SQL {
  const isSame = columns.map((column) => `t."${column}" is j.value->>'${column}'`).join(' and ');
  return sql`select count(*) as kept
    from json_each(${json}) j cross join ${sql.raw(`"${name}"`)} t on ${sql.raw(isSame)}`;
}

/** What search finds them by. Said again it stays the same. */
function index(name: TransferName, json: SQL): SQL[] {
  switch (name) {
    case 'messages':
      return [
        sql`insert or replace into messages_search (rowid, text)
          select ${SEARCH_KEY}, m.search_text
          from json_each(${json}) j join messages m on m.id = j.value->>'id'
          where m.search_text is not null order by 1`,
      ];
    case 'chats':
      return [
        sql`insert or replace into chats_search (rowid, text)
          select c.n, ${SEARCHED_AS}
          from json_each(${json}) j join chats c on c.wa_id = j.value->>'wa_id'`,
      ];
    case 'chat_aliases':
      return [
        sql`insert or replace into chats_search (rowid, text)
          select c.n, ${SEARCHED_AS}
          from json_each(${json}) j join chats c on c.wa_id = j.value->>'chat'`,
      ];
    default:
      return [];
  }
}

async function count(db: Database, name: TransferName): Promise<number> {
  const row = await db.first<{ count: number }>(
    sql`select count(*) as count from ${sql.raw(`"${name}"`)}`,
  );
  return row?.count ?? 0;
}

function invalid(problem: string): WaypostError {
  return new WaypostError('invalid', problem, { fields: { rows: [problem] } });
}
