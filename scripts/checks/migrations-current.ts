// Whether migrations/ says all that src/store/schema.ts says. Works on a copy and leaves the tree alone.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const MIGRATIONS = join(ROOT, 'migrations');

const copy = mkdtempSync(join(tmpdir(), 'waypost-migrations-'));
try {
  cpSync(MIGRATIONS, copy, { recursive: true });
  const schema = join(ROOT, 'src', 'store', 'schema.ts');
  const drizzleKit = join(ROOT, 'node_modules', 'drizzle-kit', 'bin.cjs');
  // The folder has to be named from the working folder: drizzle-kit puts `./` before it.
  const out = relative(ROOT, copy);
  const kit = spawnSync(
    process.execPath,
    [drizzleKit, 'generate', '--dialect', 'sqlite', '--schema', schema, '--out', out],
    // No answers: a question about a renamed column means that something was not generated.
    { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  if (kit.status !== 0 || readdirSync(copy).join() !== readdirSync(MIGRATIONS).join()) {
    console.error(kit.status === 0 ? '' : `${kit.stdout}${kit.stderr}`);
    console.error('The tables in src/store/schema.ts have changed: run `npm run db:generate`.');
    process.exitCode = 1;
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
