import type { Schema } from './api-operations.ts';

const REFERENCE = '#/components/schemas/';

const OPEN_OBJECT = 'Record<string, unknown>';

/** A JSON schema as a TypeScript type, on one line; what it does not say is `unknown`. */
export function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.slice(REFERENCE.length);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map((value) => JSON.stringify(value)));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return union(choices.map(typeOf));
  if (schema.allOf !== undefined) return intersection(schema);
  if (Array.isArray(schema.type)) {
    return union(schema.type.map((type) => typeOf({ ...schema, type })));
  }
  return plainTypeOf(schema);
}

function plainTypeOf(schema: Schema): string {
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
    case 'number':
      return schema.type;
    case 'integer':
      return 'number';
    case 'array':
      return `Array<${schema.items === undefined ? 'unknown' : typeOf(schema.items)}>`;
    case 'object':
      return objectOf(schema);
    default:
      return schema.properties === undefined ? 'unknown' : objectOf(schema);
  }
}

/** An object of which nothing is said may have any fields; one without fields has none. */
function objectOf({ properties, required = [], additionalProperties }: Schema): string {
  if (properties === undefined && additionalProperties === undefined) return OPEN_OBJECT;
  const fields = Object.entries(properties ?? {}).map(
    ([name, schema]) =>
      `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  );
  const isOpen = additionalProperties !== undefined && additionalProperties !== false;
  const rest = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown';
  if (fields.length === 0) return isOpen ? `Record<string, ${rest}>` : 'Record<string, never>';
  // An index signature would have to fit the named fields, too.
  if (isOpen) fields.push(`[field: string]: unknown`);
  return `{ ${fields.join('; ')} }`;
}

/** All members at once; what one requires of another's fields is required of them. */
function intersection({ allOf = [], ...rest }: Schema): string {
  const members = [...allOf, rest];
  const types = members.filter((member) => !isBare(member)).map((member) => `(${typeOf(member)})`);
  const known = types.join(' & ');
  const more = members.filter(isBare).flatMap(({ required = [] }) => required);
  if (more.length === 0) return known;
  const names = more.map((name) => JSON.stringify(name)).join(' | ');
  return `${known} & Required<Pick<${known}, ${names}>>`;
}

/** Whether a schema says of no field what it is. */
function isBare({ $ref, allOf, anyOf, oneOf, properties = {} }: Schema): boolean {
  const parts = [$ref, allOf, anyOf, oneOf];
  return parts.every((part) => part === undefined) && Object.keys(properties).length === 0;
}

function union(types: readonly string[]): string {
  const distinct = [...new Set(types)];
  if (distinct.includes('unknown')) return 'unknown';
  // Any text includes the texts that are named beside it.
  const kept = distinct.filter((type) => !(type.startsWith('"') && distinct.includes('string')));
  return kept.length === 1 ? (kept[0] ?? 'never') : `(${kept.join(' | ')})`;
}
