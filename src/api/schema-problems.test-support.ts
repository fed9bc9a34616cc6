import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createApi } from './app.ts';

/** A JSON schema, as far as others are in it. */
export interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: false | Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}

const COMPOSERS = ['allOf', 'anyOf', 'oneOf'] as const;

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

// The document's schemas have keywords of OpenAPI's, too.
const ajv = new Ajv({ strict: false, allErrors: true, verbose: true });
addFormats.default(ajv);
const components = { schemas: eachOf(document.components.schemas, withClosedParts) };

/**
 * What is wrong with an answer by its schema: the places, and what belongs there. A field that the schema
 * does not name is wrong, too, unless it leaves the names open.
 */
export function schemaProblems(value: unknown, schema: Schema): string[] {
  const isValid = ajv.compile({ ...closed(schema), components });
  if (isValid(value)) return [];
  return (isValid.errors ?? []).map(
    ({ instancePath, message, params, data }) =>
      `${instancePath}: ${message} ${JSON.stringify(params)}, not ${JSON.stringify(data)}`,
  );
}

/** The schema of a whole value: an object of which fields are named has no others. */
function closed(schema: Schema): Schema {
  const isNamed = ['$ref', 'properties', ...COMPOSERS].some((word) => word in schema);
  // It knows the fields that the schemas beside it name, also those behind references.
  const end = isNamed ? { unevaluatedProperties: false } : {};
  return { ...withClosedParts(schema), ...end };
}

/** A schema that may be one of several of the same value: closed is what is inside it. */
function withClosedParts(schema: Schema): Schema {
  const { properties, items, additionalProperties: rest, ...others } = schema;
  const inside: Schema = {};
  if (properties !== undefined) inside.properties = eachOf(properties, closed);
  if (items !== undefined) inside.items = closed(items);
  if (rest !== undefined) inside.additionalProperties = rest && closed(rest);
  for (const word of COMPOSERS) {
    const parts = others[word];
    if (parts !== undefined) inside[word] = parts.map(withClosedParts);
  }
  return { ...others, ...inside };
}

function eachOf(schemas: Record<string, Schema>, change: (one: Schema) => Schema) {
  return Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, change(one)]));
}
