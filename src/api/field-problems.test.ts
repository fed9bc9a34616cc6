import { z } from '@hono/zod-openapi';
import { describe, expect, it } from 'vitest';
import { fieldProblems } from './field-problems.ts';
import { booleanField, idParams, integerField, textField } from './fields.ts';

/** Returns what the API answers to a body, or undefined where it is accepted. */
function problemsOf(schema: z.ZodType, input: unknown): unknown {
  const result = schema.safeParse(input);
  if (result.success) return undefined;
  return JSON.parse(JSON.stringify(fieldProblems(result.error.issues, input)));
}

/** The same for an object with one field, `f`. */
function field(schema: z.ZodType, value: unknown): unknown {
  return problemsOf(z.object({ f: schema }), { f: value });
}

describe('fieldProblems', () => {
  it.each([
    [z.string(), undefined, 'This field is required.'],
    [textField(), undefined, 'This field is required.'],
    [booleanField, undefined, 'This field is required.'],
    [integerField(), undefined, 'This field is required.'],
    [z.enum(['a']), undefined, 'This field is required.'],
    [z.union([z.string(), z.int()]), undefined, 'This field is required.'],
    [z.string(), null, 'This field may not be null.'],
    [textField(), null, 'This field may not be null.'],
    [booleanField, null, 'This field may not be null.'],
    [z.enum(['a']), null, 'This field may not be null.'],
    [z.string(), 5, 'Not a valid string.'],
    [textField(), true, 'Not a valid string.'],
    [textField(), ['x'], 'Not a valid string.'],
    [textField({ min: 1 }), '  ', 'This field may not be blank.'],
    [textField({ min: 3 }), 'ab', 'Ensure this field has at least 3 characters.'],
    [textField({ max: 3 }), 'abcd', 'Ensure this field has no more than 3 characters.'],
    [textField(), 'a\0b', 'Null characters are not allowed.'],
    [integerField(), 'x', 'A valid integer is required.'],
    [integerField(), 1.5, 'A valid integer is required.'],
    [integerField({ min: 1 }), '0', 'Ensure this value is greater than or equal to 1.'],
    [integerField({ max: 5 }), 6, 'Ensure this value is less than or equal to 5.'],
    [integerField(), 1e30, 'Ensure this value is less than or equal to 9007199254740991.'],
    [z.number(), 'x', 'A valid number is required.'],
    [booleanField, 'maybe', 'Must be a valid boolean.'],
    [booleanField, 2, 'Must be a valid boolean.'],
    [z.enum(['a', 'b']), 'x', '"x" is not a valid choice.'],
    [z.enum(['a', 'b']), { a: 1 }, '"{"a":1}" is not a valid choice.'],
    [z.url(), 'nope', 'Enter a valid URL.'],
    [z.email(), 'nope', 'Enter a valid email address.'],
    [z.uuid(), 'nope', 'Must be a valid UUID.'],
    [z.string().regex(/^\d+$/, 'Digits only.'), 'x', 'Digits only.'],
    [z.array(z.int()), 'x', 'Expected a list of items but got type "str".'],
    [z.array(z.int()).min(1), [], 'This list may not be empty.'],
    [z.array(z.int()).min(2), [1], 'Ensure this field has at least 2 elements.'],
    [z.array(z.int()).max(1), [1, 2], 'Ensure this field has no more than 1 elements.'],
    [z.record(z.string(), z.string()), [], 'Expected a dictionary of items but got type "list".'],
    [z.string().refine(() => false, 'Not like this.'), 'x', 'Not like this.'],
    [z.email().or(z.literal('')), 'nope', 'Enter a valid email address.'],
  ])('says it in the service’s words (case %#)', (schema, value, sentence) => {
    expect(field(schema, value)).toEqual({ f: [sentence] });
  });

  it('names every field that is wrong', () => {
    const schema = z.object({ a: z.string(), b: z.string(), c: z.string() });
    expect(problemsOf(schema, { b: 'fine', c: null })).toEqual({
      a: ['This field is required.'],
      c: ['This field may not be null.'],
    });
  });

  it('nests like the body it is about', () => {
    const schema = z.object({
      profile: z.object({ role: z.enum(['app']) }),
      ids: z.array(integerField()),
    });
    expect(problemsOf(schema, { profile: { role: 'x' }, ids: [1, 'x'] })).toEqual({
      profile: { role: ['"x" is not a valid choice.'] },
      ids: { 1: ['A valid integer is required.'] },
    });
  });

  it.each([
    ['str', 'x'],
    ['int', 1],
    ['float', 1.5],
    ['bool', true],
    ['list', []],
  ])('says that an object was expected where a %s came', (name, value) => {
    const sentence = `Invalid data. Expected a dictionary, but got ${name}.`;
    expect(field(z.object({}), value)).toEqual({ f: { non_field_errors: [sentence] } });
    expect(problemsOf(z.object({}), value)).toEqual({ non_field_errors: [sentence] });
  });

  it('says which fields were not expected', () => {
    expect(problemsOf(z.strictObject({}), { x: 1 })).toEqual({ x: ['Unexpected field.'] });
  });

  it('says what kind of variant is unknown or missing', () => {
    const schema = z.discriminatedUnion('type', [z.object({ type: z.literal('text') })]);
    expect(problemsOf(schema, { type: 'x' })).toEqual({ type: ['"x" is not a valid choice.'] });
    expect(problemsOf(schema, {})).toEqual({ type: ['This field is required.'] });
  });

  it('treats a field called __proto__ like any other', () => {
    const input: unknown = JSON.parse('{"__proto__": 1}');
    const issue: z.core.$ZodIssue = {
      code: 'custom',
      path: ['__proto__'],
      message: 'Not like this.',
      input,
    };
    const problems = fieldProblems([issue], input);
    expect(JSON.stringify(problems)).toBe('{"__proto__":["Not like this."]}');
  });
});

describe('fields that a form may send', () => {
  it.each([
    ['true', true],
    ['True', true],
    ['1', true],
    ['on', true],
    [1, true],
    [true, true],
    ['false', false],
    ['0', false],
    ['off', false],
    [0, false],
    [false, false],
  ])('reads %j as the boolean %s', (spelling, expected) => {
    expect(booleanField.parse(spelling)).toBe(expected);
  });

  it.each([
    ['5', 5],
    [' -5 ', -5],
    [5, 5],
  ])('reads %j as the integer %s', (spelling, expected) => {
    expect(integerField().parse(spelling)).toBe(expected);
  });

  it('trims a text and takes a number for its digits', () => {
    expect(textField().parse(' a b ')).toBe('a b');
    expect(textField().parse(48500)).toBe('48500');
  });

  it.each(['0', '7', '999999999999999'])('takes %s for an id', (id) => {
    expect(idParams.parse({ id })).toEqual({ id: Number(id) });
  });

  it.each(['abc', '-1', '1.5', '1e3', '', '0x1', `1${'0'.repeat(30)}`, '１'])(
    'takes %j for no id',
    (id) => {
      expect(idParams.safeParse({ id }).success).toBe(false);
    },
  );
});
