import { operationsOf, type ApiDocument, type LocatedOperation } from './api-operations.ts';
import { typeOf } from './schema-type.ts';

const JSON_TYPE = 'application/json';

/** The module client/operations.d.ts: what every operation takes and gives, and the shapes in that. */
export function clientTypes(document: ApiDocument): string {
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`,
  );
  const operations = operationsOf(document)
    .filter(({ path }) => path.startsWith('/api/v1/'))
    .map(
      (operation) => `${commentOf(operation)}  ${operation.operationId}: ${typesOf(operation)};\n`,
    );
  return [
    '// Written by `npm run docs`.\n\n',
    ...schemas,
    '\n/** What operations take (`params` in the path, `query`, `headers`, `body`) and give (`answer`). */\n',
    `export interface Operations {\n${operations.join('')}}\n\n`,
    'export declare const OPERATIONS: Readonly<Record<keyof Operations, readonly [string, string]>>;\n',
  ].join('');
}

function typesOf(operation: LocatedOperation): string {
  const parts = [
    parametersOf(operation, 'path', 'params'),
    parametersOf(operation, 'query', 'query'),
    parametersOf(operation, 'header', 'headers'),
    bodyOf(operation),
    `answer: ${answerOf(operation)}`,
  ];
  return `{ ${parts.filter((part) => part !== '').join('; ')} }`;
}

function parametersOf(operation: LocatedOperation, place: string, name: string): string {
  const found = (operation.parameters ?? []).filter((parameter) => parameter.in === place);
  if (found.length === 0) return '';
  const fields = found.map(
    ({ name: field, required, schema }) =>
      `'${field}'${required === true ? '' : '?'}: ${schema === undefined ? 'unknown' : typeOf(schema)}`,
  );
  const isOptional = found.every(({ required }) => required !== true);
  return `${name}${isOptional ? '?' : ''}: { ${fields.join('; ')} }`;
}

function bodyOf({ requestBody }: LocatedOperation): string {
  const content = requestBody?.content;
  if (content === undefined) return '';
  const schema = content[JSON_TYPE]?.schema;
  return `body: ${schema === undefined ? 'FormData' : typeOf(schema)}`;
}

/** What a success answers: JSON as its type, no content as null, a file as a Blob. */
function answerOf({ responses }: LocatedOperation): string {
  const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const types = successes.map(([, { content }]) => {
    if (content === undefined) return 'null';
    const schema = content[JSON_TYPE]?.schema;
    return schema === undefined ? 'Blob' : typeOf(schema);
  });
  return [...new Set(types)].join(' | ');
}

function commentOf({ method, path, summary }: LocatedOperation): string {
  const address = `${method} ${path}`;
  return `  /** ${summary === undefined ? address : `${address}: ${summary.replaceAll('*/', '*\\/')}`} */\n`;
}
