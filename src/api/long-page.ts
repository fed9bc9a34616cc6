import type { LinkContext } from './base-url.ts';
import type { LongList } from '../inbox/long-list.ts';
import type { Part } from '../inbox/part.ts';
import { page } from './pagination.ts';

/** One page of a list that may be too long to count: its links go on where its count has stopped. */
export function longPage<Item>(c: LinkContext, list: LongList<Item>, part: Part) {
  return { ...page(c, { results: list.items, hasNext: list.hasNext, ...part }), count: list.count };
}
