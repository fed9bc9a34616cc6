import type { z } from '@hono/zod-openapi';

type Issue = z.core.$ZodIssue;

/** Django REST framework's sentences by the type that zod expected. */
const WRONG_TYPE: Readonly<Record<string, string>> = {
  string: 'Not a valid string.',
  number: 'A valid number is required.',
  int: 'A valid integer is required.',
  boolean: 'Must be a valid boolean.',
};

/** How zod begins a message that the schema did not choose. */
const ZOD_DEFAULT = 'Invalid input';

/** And by the format. */
const WRONG_FORMAT: Readonly<Record<string, string>> = {
  url: 'Enter a valid URL.',
  email: 'Enter a valid email address.',
  uuid: 'Must be a valid UUID.',
  guid: 'Must be a valid UUID.',
};

/**
 * Says what is wrong with one value in the words of Django REST framework. A schema's own message is
 * kept for a wrong type, a pattern and a refinement.
 */
export function sentenceOf(issue: Issue, value: unknown): string {
  if (issue.code !== 'custom' && value === undefined) return 'This field is required.';
  if (issue.code !== 'custom' && value === null) return 'This field may not be null.';
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.startsWith(ZOD_DEFAULT)
        ? wrongType(issue.expected, value)
        : issue.message;
    case 'invalid_value':
    case 'invalid_union':
      return `"${asText(value)}" is not a valid choice.`;
    case 'invalid_format':
      return WRONG_FORMAT[issue.format] ?? issue.message;
    case 'too_big':
      return tooBig(issue.origin, issue.maximum);
    case 'too_small':
      return tooSmall(issue.origin, issue.minimum);
    default:
      return issue.message;
  }
}

/** What Python calls the type of a JSON value: the service's sentences name it so. */
export function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return 'dict';
}

function wrongType(expected: string, value: unknown): string {
  if (expected === 'array') return `Expected a list of items but got type "${typeName(value)}".`;
  if (expected === 'record') {
    return `Expected a dictionary of items but got type "${typeName(value)}".`;
  }
  return WRONG_TYPE[expected] ?? 'Invalid data.';
}

function tooBig(origin: string, maximum: number | bigint): string {
  if (origin === 'string') return `Ensure this field has no more than ${maximum} characters.`;
  if (origin === 'array') return `Ensure this field has no more than ${maximum} elements.`;
  return `Ensure this value is less than or equal to ${maximum}.`;
}

function tooSmall(origin: string, minimum: number | bigint): string {
  if (origin === 'string') {
    if (minimum === 1) return 'This field may not be blank.';
    return `Ensure this field has at least ${minimum} characters.`;
  }
  if (origin === 'array') {
    return minimum === 1
      ? 'This list may not be empty.'
      : `Ensure this field has at least ${minimum} elements.`;
  }
  return `Ensure this value is greater than or equal to ${minimum}.`;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
