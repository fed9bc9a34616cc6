import { basename } from 'node:path';
import type { LocatedOperation } from './api-operations.ts';

const INTRODUCTION = `# The API, operation by operation

Written by \`npm run docs\` from the routes; \`npm run check\` says when it is stale. A running router shows
the same to browse and to try at \`/api/\`, and as OpenAPI 3.1 at \`/api/openapi.json\`.

The service's documents leave out most addresses. An operation marked _inferred_ is documented by name,
while its method and path are what its siblings' are; one marked _own_ is Waypost's.
\`src/api/operations.worker.test.ts\` asks every one of them as nobody, as an app, as a user with few rights
and as an admin. _system_ says which tests call an operation on a whole router, by the typed client;
\`npm run check\` names those that none calls.
`;

const HEAD = ['operation', 'method', 'path', '', 'tests', 'system'];

/** Which files test an operation, within the Worker and on a whole router. */
export type Coverage = { worker: readonly string[]; system: readonly string[] };

/** The text of docs/api.md: a table per tag. */
export function apiPage(
  operations: readonly LocatedOperation[],
  coverageOf: (operation: LocatedOperation) => Coverage,
): string {
  const groups = Map.groupBy(operations, ({ tags }) => tags?.[0] ?? 'Other');
  const names = [...groups.keys()].sort((left, right) => left.localeCompare(right, 'en'));
  const counted = `\n${operations.length} operations.\n`;
  const sections = names.map((name) => {
    const rows = (groups.get(name) ?? []).map((operation) =>
      rowOf(operation, coverageOf(operation)),
    );
    return `\n## ${name}\n\n${table(HEAD, rows)}`;
  });
  return INTRODUCTION + counted + sections.join('');
}

function rowOf(operation: LocatedOperation, { worker, system }: Coverage): string[] {
  const source = operation['x-path-source'];
  return [
    operation.operationId,
    operation.method,
    `\`${operation.path}\``,
    source === 'documented' ? '' : source,
    links(worker, '.worker.test.ts'),
    links(system, '.test.ts'),
  ];
}

function links(paths: readonly string[], ending: string): string {
  return paths.map((path) => `[${basename(path, ending)}](../${path})`).join(', ');
}

/** A Markdown table with columns of even width, as the formatter leaves them. */
function table(head: readonly string[], rows: readonly string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |\n`;
  const rule = widths.map((width) => '-'.repeat(width));
  return line(head) + line(rule) + rows.map(line).join('');
}
