const REFERENCE = '#/components/schemas/';

/** Deep enough for all there is; a schema may contain itself. */
const MAX_DEPTH = 8;

/** A JSON schema in a spelling for people: fields with their types, `?` after what may be left out. */
export function schemaText(api, schema, depth = 0) {
  if (schema === undefined || depth > MAX_DEPTH) return '…';
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(REFERENCE.length);
    const named = api.components?.schemas[name];
    return named === undefined ? name : schemaText(api, named, depth);
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined)
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    return choices.map((choice) => schemaText(api, choice, depth)).join(' | ');
  }
  if (schema.allOf !== undefined) return schemaText(api, merged(api, schema), depth);
  if (schema.items !== undefined) return `[${schemaText(api, schema.items, depth)}, …]`;
  if (schema.properties !== undefined) return objectText(api, schema, depth);
  return plainText(schema);
}

function objectText(api, { properties, required = [] }, depth) {
  const indent = '  '.repeat(depth + 1);
  const fields = Object.entries(properties).map(([name, field]) => {
    const mark = required.includes(name) ? '' : '?';
    const note = field.description === undefined ? '' : `  // ${field.description}`;
    return `${indent}${name}${mark}: ${schemaText(api, field, depth + 1)}${note}`;
  });
  return fields.length === 0 ? '{}' : `{\n${fields.join('\n')}\n${'  '.repeat(depth)}}`;
}

function plainText(schema) {
  const type = [schema.type ?? 'any'].flat().join(' | ');
  const limits = [
    schema.format,
    schema.minimum !== undefined && `from ${schema.minimum}`,
    schema.maximum !== undefined && `up to ${schema.maximum}`,
    schema.maxLength !== undefined && `up to ${schema.maxLength} characters`,
    schema.default !== undefined && `default ${JSON.stringify(schema.default)}`,
  ].filter(Boolean);
  return limits.length === 0 ? type : `${type} (${limits.join(', ')})`;
}

/** The parts of an `allOf` as one object. */
function merged(api, { allOf, ...rest }) {
  const parts = [...allOf, rest].map((part) => {
    const named = part.$ref && api.components.schemas[part.$ref.slice(REFERENCE.length)];
    const known = named ?? part;
    return known.allOf === undefined ? known : merged(api, known);
  });
  return {
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required = [] }) => required),
  };
}
