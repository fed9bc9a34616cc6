import type { LocatedOperation } from './api-operations.ts';

/** The module client/operations.js: method and path of every operation, by its name. */
export function clientTable(operations: readonly LocatedOperation[]): string {
  const rows = operations
    .filter(({ path }) => path.startsWith('/api/v1/'))
    .map(({ operationId, method, path }) => `  ${operationId}: ['${method}', '${path}'],\n`);
  return `// Written by \`npm run docs\`.\n\n/** Method and path by operation. */\nexport const OPERATIONS = {\n${rows.join('')}};\n`;
}
