/** Longer paths are nobody's but a scanner's. */
const MAX_PATH_CHARACTERS = 200;

/** More is read of no path, so that a long one takes no time. */
const MAX_READ_CHARACTERS = 4_096;

/** What follows is a code that opens an account, wherever it stands and whatever divides the two. */
const ACTIVATION = /(?<!resend_)(activat(?:e|ion))(?!\/?$).+$/is;

/** A query whose question mark was escaped by mistake; it may hold a token. */
const QUERY = /\?.*$/s;

/** How often a path may be escaped over again. */
const MAX_ESCAPES = 5;

/**
 * Returns a request's path as it may be logged: without a query and without an activation code, however
 * either is spelt. A path that has none is returned as it came.
 */
export function loggedPath(path: string): string {
  const plain = unescaped(path.slice(0, MAX_READ_CHARACTERS));
  const shown = plain.replace(QUERY, '').replace(ACTIVATION, '$1/…');
  return (shown === plain ? path : shown).slice(0, MAX_PATH_CHARACTERS);
}

/** Takes escapes for what they mean, those of an escaped percent sign too; full-width letters count as plain. */
function unescaped(path: string): string {
  let text = path;
  for (let round = 0; round < MAX_ESCAPES && text.includes('%'); round += 1) {
    text = text.replaceAll(/%([0-7][\da-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return text.normalize('NFKC');
}
