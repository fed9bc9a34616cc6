export type CheckedHeaders =
  | { ok: true; headers: Record<string, string> }
  | { ok: false; problems: string[] };

const MAX_HEADERS = 32;
/** Names and values together; receivers commonly take 8 KB of headers, ours among them. */
const MAX_TOTAL_BYTES = 4096;

/** `token` of RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
/**
 * Printable ASCII: a control character could end a header early, and fetch() sends all else as UTF-8, which
 * receivers read as Latin-1 (RFC 9110 section 5.5).
 */
const VALUE = /^[\u0020-\u007e]*$/;

/** What is sent anyway; people copy it from their other tools. */
const OUR_CONTENT_TYPE = /^application\/json *(; *charset="?utf-8"? *)?$/i;

/** Framing and connection belong to HTTP; the type of the body and who sends it are ours to say. */
const FORBIDDEN_NAMES = new Set([
  'connection',
  'date',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
]);

/** Families whose meaning is fixed by proxies, by Cloudflare, by Standard Webhooks or by us. */
const FORBIDDEN_PREFIXES = [
  'cf-',
  'content-',
  'proxy-',
  'sec-',
  'waypost-',
  'webhook-',
  'x-forwarded-',
];

/** Enough of a name to find it by; a problem must not be as long as what it complains of. */
const SHOWN_NAME_LENGTH = 64;

/**
 * Checks the headers a user wants on each attempt. Numbers and booleans become text, and white space
 * around a value is dropped, as HTTP would do. So is the content type that is sent in any case.
 *
 * @returns the headers to store and send, names as given; or one sentence per problem
 */
export function checkHeaders(headers: Record<string, unknown>): CheckedHeaders {
  const entries = Object.entries(headers);
  if (entries.length > MAX_HEADERS) {
    const problem = `There are ${entries.length} headers; at most ${MAX_HEADERS} are allowed.`;
    return { ok: false, problems: [problem] };
  }
  const checked = new Map<string, string>();
  const namesSeen = new Set<string>();
  const problems: string[] = [];
  let totalBytes = 0;
  for (const [name, given] of entries) {
    const value = asText(given);
    if (name.toLowerCase() === 'content-type' && OUR_CONTENT_TYPE.test(value ?? '')) continue;
    const problem =
      nameProblem(name) ??
      (namesSeen.has(name.toLowerCase()) ? 'is given twice' : valueProblem(value));
    if (problem !== null) problems.push(`Header ${shown(name)} ${problem}.`);
    namesSeen.add(name.toLowerCase());
    checked.set(name, value ?? '');
    // Both are ASCII where they are valid, so a character is a byte.
    totalBytes += name.length + (value ?? '').length;
  }
  if (totalBytes > MAX_TOTAL_BYTES) {
    problems.push(`The headers take ${totalBytes} bytes; at most ${MAX_TOTAL_BYTES} are allowed.`);
  }
  return problems.length === 0
    ? { ok: true, headers: Object.fromEntries(checked) }
    : { ok: false, problems };
}

function asText(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? withoutOuterBlanks(value) : null;
}

/** By hand, because a pattern for blanks at the end tries each blank in the middle, and from there all that follow. */
function withoutOuterBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function nameProblem(name: string): string | null {
  if (!TOKEN.test(name)) return 'has no valid name: use letters, digits and hyphens';
  const lower = name.toLowerCase();
  const isOurs =
    FORBIDDEN_NAMES.has(lower) || FORBIDDEN_PREFIXES.some((prefix) => lower.startsWith(prefix));
  return isOurs ? 'cannot be set: it is reserved' : null;
}

function valueProblem(value: string | null): string | null {
  if (value === null) return 'must have a text, a number or a boolean as its value';
  if (VALUE.test(value)) return null;
  return 'has a character that HTTP cannot carry safely: use ASCII without line breaks or controls';
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, SHOWN_NAME_LENGTH));
}
