import { z } from '@hono/zod-openapi';
import type { LongList, PageRange } from '../inbox/long-list.ts';
import { baseUrlOf, type LinkContext } from './base-url.ts';

const DEFAULT_LIMIT = 100;

/** The service's own web client asks for 5,000 users at once. */
const MAX_LIMIT = 5_000;

/**
 * `limit` and `offset` of a list. Like Django REST framework, nonsense is taken as not said and too
 * high a limit as the highest.
 */
export const pageQuery = z.object({
  limit: z
    .unknown()
    .optional()
    .transform((value) => Math.min(wholeNumber(value) || DEFAULT_LIMIT, MAX_LIMIT))
    .openapi({ type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT }),
  offset: z
    .unknown()
    .optional()
    .transform((value) => wholeNumber(value))
    .openapi({ type: 'integer', minimum: 0, default: 0 }),
});

/** A part of a list. `hasNext` is for lists that are too long to count. */
export type PageOf<Item> = { results: Item[]; limit: number; offset: number } & (
  | { count: number }
  | { hasNext: boolean }
);

/** The answer of a list of `item`, for the document. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    count: z.int(),
    next: z.url().nullable(),
    previous: z.url().nullable(),
    results: z.array(item),
  });
}

/**
 * Wraps one page of a list with absolute links to its neighbours, which keep the other parameters.
 * Where the list was not counted, `count` is how many items are known to be there, so that it is above
 * `offset` plus results exactly while there are more.
 */
export function page<Item>(c: LinkContext, part: PageOf<Item>) {
  const { results, limit, offset } = part;
  const end = offset + results.length;
  const count = 'count' in part ? part.count : end + Number(part.hasNext);
  const hasNext = 'count' in part ? offset + limit < part.count : part.hasNext;
  return {
    count,
    next: hasNext ? linkTo(c, limit, offset + limit) : null,
    previous: offset > 0 ? linkTo(c, limit, offset - limit) : null,
    results,
  };
}

function linkTo(c: LinkContext, limit: number, offset: number): string {
  const url = new URL(c.req.url);
  url.searchParams.set('limit', String(limit));
  if (offset > 0) url.searchParams.set('offset', String(offset));
  else url.searchParams.delete('offset');
  return `${baseUrlOf(c)}${url.pathname}${url.search}`;
}

/** Returns the last of the values given, as a whole number that SQLite can count to; 0 for nonsense. */
function wholeNumber(value: unknown): number {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  if (typeof last !== 'string' || !/^\s*\+?\d+\s*$/.test(last)) return 0;
  return Math.min(Number(last), Number.MAX_SAFE_INTEGER);
}

/** One page of a list that may be too long to count: its links go on where its count has stopped. */
export function longPage<Item>(c: LinkContext, list: LongList<Item>, part: PageRange) {
  return { ...page(c, { results: list.items, hasNext: list.hasNext, ...part }), count: list.count };
}
