import { createApi } from './app.ts';

/** A JSON schema as far as the document uses it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}

/** An operation of the API as its document has it. */
export interface Operation {
  operationId: string;
  method: string;
  path: string;
  security?: unknown[];
  parameters?: { in: string; name: string }[];
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}

const document = createApi().getOpenAPI31Document({
  openapi: '3.1.0',
  info: { title: 'Waypost', version: '1' },
}) as unknown as {
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
  components: { schemas: Record<string, Schema> };
};

/** Every operation that the routes tell of. */
export const OPERATIONS: readonly Operation[] = Object.entries(document.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
);

/** What is wrong with a value by a schema: the places, and what belongs there. */
export function schemaProblems(value: unknown, schema: Schema, at = '$'): string[] {
  if (schema.$ref !== undefined) {
    const named = document.components.schemas[schema.$ref.replace(/^.*\//, '')];
    return named === undefined ? [`${at}: no ${schema.$ref}`] : schemaProblems(value, named, at);
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    const tried = choices.map((choice) => schemaProblems(value, choice, at));
    return tried.some((problems) => problems.length === 0) ? [] : (tried[0] ?? []);
  }
  const inherited = (schema.allOf ?? []).flatMap((part) => schemaProblems(value, part, at));
  return [...inherited, ...ownProblems(value, schema, at)];
}

function ownProblems(value: unknown, schema: Schema, at: string): string[] {
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOf(type, value))) {
    return [`${at}: ${JSON.stringify(value)} is not ${types.join(' or ')}`];
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return [`${at}: ${JSON.stringify(value)} is none of ${JSON.stringify(schema.enum)}`];
  }
  if (Array.isArray(value)) {
    const { items = {} } = schema;
    return value.flatMap((item, index) => schemaProblems(item, items, `${at}[${index}]`));
  }
  if (typeof value !== 'object' || value === null) return [];
  const { properties = {}, required = [] } = schema;
  return [
    ...required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at}: no ${name}`),
    ...Object.entries(value).flatMap(([name, field]) =>
      schemaProblems(field, properties[name] ?? {}, `${at}.${name}`),
    ),
  ];
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object')
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}
