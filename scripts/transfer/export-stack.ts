import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TRANSFER_NAMES } from '../../src/inbox/transfer/transfer-tables.ts';
import { ask } from './transfer-api.ts';

/** How far a table has come. */
type Progress = { next: string | null; rows: number; bytes: number };

/** What stands in `export.json` of a folder. */
export type ExportState = { url: string; tables: Record<string, Progress>; files: number };

/** Files that are fetched at once. */
const FILES_AT_ONCE = 4;

export const STATE_FILE = 'export.json';

/** Where an export comes from and goes to. */
export type ExportJob = { url: string; token: string; dir: string; print: (line: string) => void };

/**
 * Writes everything of a stack into a folder, a file of lines for each table and the files by their ids; goes on
 * where an export into this folder ended before.
 */
export async function exportStack(job: ExportJob): Promise<ExportState> {
  mkdirSync(join(job.dir, 'files'), { recursive: true });
  const state = readState(job);
  for (const table of TRANSFER_NAMES) {
    await exportTable(job, state, table);
    job.print(`${table}: ${state.tables[table]?.rows ?? 0} rows`);
  }
  state.files = await exportFiles(job);
  await save(job, state);
  job.print(`files: ${state.files}`);
  return state;
}

function readState({ dir, url }: ExportJob): ExportState {
  const path = join(dir, STATE_FILE);
  if (!existsSync(path)) return { url, tables: {}, files: 0 };
  const state: ExportState = JSON.parse(readFileSync(path, 'utf8'));
  return state;
}

async function exportTable(job: ExportJob, state: ExportState, table: string): Promise<void> {
  const progress = (state.tables[table] ??= { next: '', rows: 0, bytes: 0 });
  const file = join(job.dir, `${table}.ndjson`);
  if (!existsSync(file)) await writeFile(file, '');
  // What was written after the last note is asked for again.
  await truncate(file, progress.bytes);
  while (progress.next !== null) {
    const path = `export/${table}/?after=${encodeURIComponent(progress.next)}`;
    const text = await (await ask(job.url, job.token, path)).text();
    const end = text.lastIndexOf('\n', text.length - 2) + 1;
    const rows = text.slice(0, end);
    const { next }: Pick<Progress, 'next'> = JSON.parse(text.slice(end));
    await writeFile(file, rows, { flag: 'a' });
    progress.bytes += Buffer.byteLength(rows);
    progress.rows += rows.split('\n').length - 1;
    progress.next = next;
    await save(job, state);
  }
}

/** Renamed into place: a kill leaves the note before. */
async function save({ dir }: ExportJob, state: ExportState): Promise<void> {
  const path = join(dir, STATE_FILE);
  await writeFile(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

async function exportFiles(job: ExportJob): Promise<number> {
  const wanted = storedFiles(job.dir);
  const waiting = [...wanted];
  const lane = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      await exportFile(job, file);
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, lane));
  return wanted.length;
}

/** A file of an export. */
export type StoredFile = { id: string; size: number };

/** Reads which files an export has to have. */
export function storedFiles(dir: string): StoredFile[] {
  return readFileSync(join(dir, 'media.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): { id: string; state: string; size: number | null } => JSON.parse(line))
    .filter(({ state }) => state === 'stored')
    .map(({ id, size }) => ({ id, size: size ?? 0 }));
}

async function exportFile({ url, token, dir }: ExportJob, { id, size }: StoredFile): Promise<void> {
  const path = join(dir, 'files', id);
  if (existsSync(path) && statSync(path).size === size) return;
  const { body } = await ask(url, token, `media/${id}/`);
  if (body === null) throw new Error(`The file ${id} has no content.`);
  await pipeline(Readable.fromWeb(body), createWriteStream(`${path}.new`));
  renameSync(`${path}.new`, path);
}
