// `npm run check`: all that can be said about the code without running it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks, type Check } from './checks/run-checks.ts';

const ROOT = join(import.meta.dirname, '..');
const bundleDir = mkdtempSync(join(tmpdir(), 'waypost-bundle-'));

// The longest first, so that two at a time end together.
const CHECKS: Check[] = [
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types of the Worker', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'bundle', command: ['wrangler', 'deploy', '--dry-run', '--outdir', bundleDir] },
  { name: 'types of the faulty Worker', command: ['tsc', '-p', 'test/chaos/worker/tsconfig.json'] },
  { name: 'types of the bench Worker', command: ['tsc', '-p', 'bench/worker/tsconfig.json'] },
  { name: 'types of the rest', command: ['tsc', '-p', 'tsconfig.node.json'] },
  { name: 'rooms', command: ['node', 'scripts/checks/rooms.ts'] },
  { name: 'named files', command: ['node', 'scripts/checks/named-files.ts'] },
  { name: 'migrations', command: ['node', 'scripts/checks/migrations-current.ts'] },
  { name: 'owners of tables', command: ['node', 'scripts/checks/table-owners.ts'] },
  { name: 'dead code', command: ['knip', '--no-progress'] },
  { name: 'docs', command: ['node', 'scripts/write-docs.ts', '--check'] },
  { name: 'format', command: ['oxfmt', '--check'] },
];

try {
  const failed = await runChecks(CHECKS, ROOT, (line) => console.log(line));
  const passed = CHECKS.length - failed;
  console.log(`Checks: ${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
} finally {
  rmSync(bundleDir, { recursive: true, force: true });
}
