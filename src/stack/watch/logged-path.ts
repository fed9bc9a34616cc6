/** Longer paths are nobody's but a scanner's. */
const MAX_PATH_CHARACTERS = 200;

/** What follows is a code that opens an account, wherever it stands and however its slash is written. */
const ACTIVATION = /(\bactivate)(?:\/|%2f)+.+$/i;

/** A query whose question mark was escaped by mistake; it may hold a token. */
const ESCAPED_QUERY = /(?:\?|%3f).*$/i;

/** Returns a request's path as it may be logged: without a query and without an activation code. */
export function loggedPath(path: string): string {
  return path.replace(ESCAPED_QUERY, '').replace(ACTIVATION, '$1/…').slice(0, MAX_PATH_CHARACTERS);
}
