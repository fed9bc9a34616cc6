// `npm run docs`: writes what is made from the API's routes. With --check it writes nothing and fails
// where that is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadApiDocument, operationsOf, type LocatedOperation } from './docs/api-operations.ts';
import { apiPage, type Coverage } from './docs/api-page.ts';
import { clientTable } from './docs/client-table.ts';
import { clientTypes } from './docs/client-types.ts';
import { systemTestsOf } from './docs/system-tests.ts';
import { apiSources, systemTests, testsOf } from './docs/test-files.ts';

const ROOT = join(import.meta.dirname, '..');

const document = await loadApiDocument(ROOT);
const operations = operationsOf(document);
const [sources, wholeRouters] = [apiSources(ROOT), systemTests(ROOT)];
const files: Record<string, string> = {
  'web/public/api/openapi.json': `${JSON.stringify(document, null, 1)}\n`,
  'docs/api.md': apiPage(operations, coverageOf),
  'client/operations.js': clientTable(operations),
  'client/operations.d.ts': clientTypes(document),
};

const gaps = operations.flatMap((operation) => {
  const { worker, system } = coverageOf(operation);
  const { operationId: name } = operation;
  return [
    ...(worker.length > 0 ? [] : [`No test asks for ${name}.`]),
    ...(system.length > 0 ? [] : [`No test calls ${name} on a whole router: add it to test/api/.`]),
  ];
});
for (const gap of gaps) console.error(gap);

const stale = Object.entries(files).filter(([name, text]) => readText(name) !== text);
if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`${name} is stale: run \`npm run docs\`.`);
  if (stale.length + gaps.length > 0) process.exitCode = 1;
} else {
  for (const [name, text] of stale) {
    mkdirSync(dirname(join(ROOT, name)), { recursive: true });
    writeFileSync(join(ROOT, name), text);
    console.log(`wrote ${name}`);
  }
}

function coverageOf(operation: LocatedOperation): Coverage {
  return {
    worker: testsOf(operation, sources),
    system: systemTestsOf(operation.operationId, wholeRouters),
  };
}

function readText(name: string): string | undefined {
  const path = join(ROOT, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
