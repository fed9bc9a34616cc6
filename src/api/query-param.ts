import { z } from '@hono/zod-openapi';

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
