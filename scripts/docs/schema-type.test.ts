import { expect, it } from 'vitest';
import type { Schema } from './api-operations.ts';
import { typeOf } from './schema-type.ts';

const object: Schema = {
  type: 'object',
  properties: { id: { type: 'integer' }, name: { type: ['string', 'null'] } },
  required: ['id'],
};

it.each<[string, Schema]>([
  ['User', { $ref: '#/components/schemas/User' }],
  ['{ "id": number; "name"?: (string | null) }', object],
  ['Array<string>', { type: 'array', items: { type: 'string' } }],
  ['("a" | "b")', { type: 'string', enum: ['a', 'b'] }],
  ['string', { anyOf: [{ type: 'string' }, { type: 'string', enum: [''] }] }],
  ['unknown', { anyOf: [{ type: 'string' }, {}] }],
  ['Record<string, number>', { type: 'object', additionalProperties: { type: 'integer' } }],
  ['Record<string, unknown>', { type: 'object' }],
  ['Record<string, never>', { type: 'object', properties: {} }],
  [
    '(A) & ({ "id": number; "name"?: (string | null) })',
    { allOf: [{ $ref: '#/components/schemas/A' }, object] },
  ],
  [
    '(A) & Required<Pick<(A), "id">>',
    { allOf: [{ $ref: '#/components/schemas/A' }, { required: ['id'] }] },
  ],
])('writes %s', (type, schema) => {
  expect(typeOf(schema)).toBe(type);
});
