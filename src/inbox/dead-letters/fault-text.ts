/** Enough of an error's words to know it by. */
const MAX_CHARACTERS = 500;

/** A pattern that looks for an address tries each letter before the first colon. */
const MAX_READ = 5_000;

/**
 * Says in at most 500 characters what went wrong, for an admin to read. What an error quotes may be a
 * piece of a payload (`JSON.parse` quotes what it could not read), and an address may hold a secret:
 * both are left out.
 */
export function faultText(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text
    .replace(/"[^]*"?/, withoutQuote)
    .slice(0, MAX_READ)
    .replaceAll(/[a-z][a-z\d+.-]*:\/\/\S*/gi, '(an address)')
    .slice(0, MAX_CHARACTERS);
}

/** From the first quotation mark to the last: what is quoted may hold such marks itself. */
function withoutQuote(quoted: string): string {
  const end = quoted.lastIndexOf('"');
  return end === 0 ? '"…' : `"…"${quoted.slice(end + 1)}`;
}
