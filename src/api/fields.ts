import { z } from '@hono/zod-openapi';

/** A form sends everything as text: these are Django REST framework's spellings of the two. */
const TRUE = new Set(['true', 't', 'yes', 'y', 'on', '1']);

const FALSE = new Set(['false', 'f', 'no', 'n', 'off', '0']);

/** A boolean, as such or as a form spells it. */
export const booleanField = z.preprocess(readBoolean, z.boolean()).openapi({ type: 'boolean' });

/** A whole number within `min` and `max`, as such or in digits. */
export function integerField({ min, max }: { min?: number; max?: number } = {}) {
  let schema = z.int('A valid integer is required.');
  if (min !== undefined) schema = schema.min(min);
  if (max !== undefined) schema = schema.max(max);
  return z.preprocess(readInteger, schema).openapi({ type: 'integer' });
}

/**
 * A text of one line or more, without outer spaces; a number is taken as its digits, as Django REST
 * framework does. A NUL would end the text for some readers of the database and is refused.
 */
export function textField({ min = 0, max }: { min?: number; max?: number } = {}) {
  const bounded = max === undefined ? z.string() : z.string().max(max);
  const schema = bounded.min(min).refine((text) => !text.includes('\0'), {
    error: 'Null characters are not allowed.',
  });
  return z.preprocess(readText, schema).openapi({ type: 'string', ...(max && { maxLength: max }) });
}

/**
 * A numeric id in a path. What cannot be one is no such thing: a failed path parameter is answered
 * with 404. Fifteen digits stay whole numbers in JavaScript.
 */
export const idParams = z.object({
  id: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .openapi({ param: { name: 'id', in: 'path' }, type: 'integer', example: 2 }),
});

function readBoolean(value: unknown): unknown {
  if (value === 1 || value === 0) return value === 1;
  if (typeof value !== 'string') return value;
  const word = value.trim().toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : value;
}

function readInteger(value: unknown): unknown {
  return typeof value === 'string' && /^\s*[+-]?\d{1,20}\s*$/.test(value) ? Number(value) : value;
}

function readText(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim() : value;
}

/**
 * A parameter of a query that may be left out. Like Django's, an empty one counts as left out, and of
 * several the last one counts.
 */
export function queryParam<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(readLast, schema.optional());
}

function readLast(value: unknown): unknown {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return last === '' ? undefined : last;
}
