import { createHash } from 'node:crypto';

/** A word of so many messages and no more, at every size. */
export const RARE_WORD = 'zanzibarish';
const RARE_MESSAGES = 5;

/** A word of nearly all messages: also of the smallest inbox more than are counted. */
export const COMMON_WORD = 'appointment';
const UNCOMMON_EVERY = 5;

const SYLLABLES = 'ka lo mi ne ru ta vo be di fu go ha ji qua pe sor tin wex yam zel'.split(' ');
const VOCABULARY = 4_000;

/** A v4 UUID that belongs to a number. */
export function uuidOf(number: number): string {
  const hex = createHash('sha1').update(String(number)).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** What the `i`-th of `count` messages says: some sixty characters. */
export function messageText(i: number, count: number): string {
  const words = Array.from({ length: 8 }, (_, position) => wordOf(i * 8 + position));
  if (i % UNCOMMON_EVERY !== 0) words.push(COMMON_WORD);
  const rareEvery = Math.floor(count / RARE_MESSAGES);
  if (i % rareEvery === rareEvery - 1) words.push(RARE_WORD);
  return words.join(' ');
}

/** Words come as often as in a language: the first ones most of all. */
function wordOf(number: number): string {
  // A multiplicative hash: even, and the same everywhere.
  const share = ((number * 2_654_435_761) % 4_294_967_296) / 4_294_967_296;
  const rank = Math.floor(VOCABULARY * share ** 3);
  const [a, b, c] = [rank % 20, Math.floor(rank / 20) % 20, Math.floor(rank / 400) % 20];
  return `${SYLLABLES[a] ?? ''}${SYLLABLES[b] ?? ''}${SYLLABLES[c] ?? ''}`;
}
