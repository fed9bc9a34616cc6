// `npm run docs`: writes what is made from the API's routes. With --check it writes nothing and fails
// where that is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadApiDocument, operationsOf } from './docs/api-operations.ts';
import { apiPage } from './docs/api-page.ts';
import { clientTable } from './docs/client-table.ts';
import { clientTypes } from './docs/client-types.ts';
import { apiSources, testsOf } from './docs/test-files.ts';

const ROOT = join(import.meta.dirname, '..');

const document = await loadApiDocument(ROOT);
const operations = operationsOf(document);
const sources = apiSources(ROOT);
const files: Record<string, string> = {
  'web/public/api/openapi.json': `${JSON.stringify(document, null, 1)}\n`,
  'docs/api.md': apiPage(operations, (operation) => testsOf(operation, sources)),
  'client/operations.js': clientTable(operations),
  'client/operations.d.ts': clientTypes(document),
};

const untested = operations.filter((operation) => testsOf(operation, sources).length === 0);
for (const { operationId } of untested) console.error(`No test asks for ${operationId}.`);

const stale = Object.entries(files).filter(([name, text]) => readText(name) !== text);
if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`${name} is stale: run \`npm run docs\`.`);
  if (stale.length + untested.length > 0) process.exitCode = 1;
} else {
  for (const [name, text] of stale) {
    mkdirSync(dirname(join(ROOT, name)), { recursive: true });
    writeFileSync(join(ROOT, name), text);
    console.log(`wrote ${name}`);
  }
}

function readText(name: string): string | undefined {
  const path = join(ROOT, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
