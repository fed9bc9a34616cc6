import { createReadStream, existsSync, openAsBlob, readFileSync, renameSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TRANSFER_NAMES } from '../../src/inbox/transfer/transfer-tables.ts';
import { StartProblem } from '../local/start-problem.ts';
import { type ExportJob, type ExportState, STATE_FILE, storedFiles } from './export-stack.ts';
import { ask } from './transfer-api.ts';

/** Lines and characters of one call; a line that is longer goes by itself. */
const MAX_LINES = 500;
const MAX_CHARACTERS = 4_000_000;

/** Files that are sent at once. */
const FILES_AT_ONCE = 4;

/** How far an import has come: lines of each table, and files. */
type Progress = { url: string; lines: Record<string, number>; files: string[] };

const PROGRESS_FILE = 'import.json';

/** Takes a folder that an export has filled into an empty stack; goes on where an import of it ended before. */
export async function importStack(job: ExportJob): Promise<Record<string, number>> {
  assertWhole(job.dir);
  const progress = readProgress(job);
  for (const table of TRANSFER_NAMES) {
    await importTable(job, progress, table);
    job.print(`${table}: ${progress.lines[table] ?? 0} rows`);
  }
  await importFiles(job, progress);
  job.print(`files: ${progress.files.length}`);
  const answer = await ask(job.url, job.token, 'import/finish/', { method: 'POST' });
  const { rows }: { rows: Record<string, number> } = JSON.parse(await answer.text());
  return rows;
}

function assertWhole(dir: string): void {
  const path = join(dir, STATE_FILE);
  if (!existsSync(path)) throw new StartProblem(`There is no export in ${dir}.`);
  const state: ExportState = JSON.parse(readFileSync(path, 'utf8'));
  const open = TRANSFER_NAMES.filter((table) => state.tables[table]?.next !== null);
  if (open.length === 0) return;
  throw new StartProblem(
    `The export in ${dir} was not finished: run it again. (${open.join(', ')})`,
  );
}

function readProgress({ dir, url }: ExportJob): Progress {
  const path = join(dir, PROGRESS_FILE);
  const fresh: Progress = { url, lines: {}, files: [] };
  if (!existsSync(path)) return fresh;
  const known: Progress = JSON.parse(readFileSync(path, 'utf8'));
  return known.url === url ? known : fresh;
}

async function importTable(job: ExportJob, progress: Progress, table: string): Promise<void> {
  const lines = createInterface({ input: createReadStream(join(job.dir, `${table}.ndjson`)) });
  const done = progress.lines[table] ?? 0;
  let number = 0;
  let part: string[] = [];
  let characters = 0;
  const send = async (): Promise<void> => {
    if (part.length === 0) return;
    const request = { method: 'POST', body: part.join('\n') };
    const answer = await ask(job.url, job.token, `import/${table}/`, request);
    const taken: Taken = JSON.parse(await answer.text());
    assertKept(table, taken);
    progress.lines[table] = number;
    await save(job, progress);
    part = [];
    characters = 0;
  };
  for await (const line of lines) {
    if (characters + line.length > MAX_CHARACTERS || part.length === MAX_LINES) await send();
    number += 1;
    if (number <= done) continue;
    part.push(line);
    characters += line.length;
  }
  await send();
}

/** What a new stack has of its own: the groups of the first migration, and its first admin. */
const OWN_ROWS = ['groups', 'users', 'user_groups'];

type Taken = { rows: number; kept: number };

function assertKept(table: string, { rows, kept }: Taken): void {
  if (kept === rows || OWN_ROWS.includes(table)) return;
  throw new StartProblem(
    `${rows - kept} rows of ${table} have their places taken by others: the stack has to be empty, and nothing may come in meanwhile.`,
  );
}

async function save({ dir }: ExportJob, progress: Progress): Promise<void> {
  const path = join(dir, PROGRESS_FILE);
  await writeFile(`${path}.new`, `${JSON.stringify(progress)}\n`);
  renameSync(`${path}.new`, path);
}

async function importFiles(job: ExportJob, progress: Progress): Promise<void> {
  const known = new Set(progress.files);
  const waiting = storedFiles(job.dir).filter(({ id }) => !known.has(id));
  const lane = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      // A blob says how long it is, which R2 has to know.
      const body = await openAsBlob(join(job.dir, 'files', file.id));
      await ask(job.url, job.token, `import/files/${file.id}/`, { method: 'PUT', body });
      progress.files.push(file.id);
      await save(job, progress);
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, lane));
}
