import { z } from 'zod';

/** Somebody else's contact book, asked over HTTP with GET. */
export interface ContactProvider {
  id: string;
  /** As people know it. */
  name: string;
  /** With `{search}` and, if it likes, `{limit}` in its query. */
  url: string;
  /** With `{wa_id}`: finds one customer. Undefined where that is a search for the number. */
  resolveUrl: string | undefined;
  headers: Readonly<Record<string, string>>;
  /** The way to the list in an answer, with dots; not needed where the answer is the list. */
  results: string;
  fields: ContactFields;
  /** For everything: connecting, headers and body. */
  timeoutMs: number;
}

/** Ways to values in one contact of an answer, with dots; through a list they lead to many. */
export interface ContactFields {
  /** What they lead to makes up the name, with spaces between. */
  name: readonly string[];
  phoneNumbers: string;
  emailAddresses: string;
  urls: string;
  avatar: string;
  largeAvatar: string;
}

/** The id of the customers of this inbox, who are a provider, too. */
export const INBOX_PROVIDER = 'inbox';

/** An invocation has six connections, and two are for the database. */
const MAX_PROVIDERS = 4;

/** Someone is waiting, and has other results to look at. */
const DEFAULT_TIMEOUT_MS = 2_500;
const MAX_TIMEOUT_MS = 10_000;

const way = z.string().max(200);

/** What a provider has that answers in the shape of the API itself. */
const fields = z
  .strictObject({
    name: z.union([way, z.array(way)]).default('name'),
    phone_numbers: way.default('phone_numbers.phone_number'),
    email_addresses: way.default('email_addresses'),
    urls: way.default('urls'),
    avatar: way.default('avatar'),
    large_avatar: way.default('large_avatar'),
  })
  .transform((ways): ContactFields => ({
    name: [ways.name].flat(),
    phoneNumbers: ways.phone_numbers,
    emailAddresses: ways.email_addresses,
    urls: ways.urls,
    avatar: ways.avatar,
    largeAvatar: ways.large_avatar,
  }));

const provider = z
  .strictObject({
    id: z.string().regex(/^[\w-]{1,50}$/, 'must be letters, digits, - and _'),
    name: z.string().min(1).max(100),
    url: z.string().refine(searchesInQuery, 'must be an http(s) URL with {search} in its query'),
    resolve_url: z.string().refine(isTemplate, 'must be an http(s) URL').optional(),
    headers: z.record(z.string(), z.string()).refine(areHeaders, 'must be headers').default({}),
    results: way.default('results'),
    fields: fields.prefault({}),
    timeout_ms: z.int().min(100).max(MAX_TIMEOUT_MS).default(DEFAULT_TIMEOUT_MS),
  })
  .transform(({ resolve_url: resolveUrl, timeout_ms: timeoutMs, ...rest }): ContactProvider => ({
    ...rest,
    resolveUrl,
    timeoutMs,
  }));

/** The setting CONTACT_PROVIDERS: a JSON list. It is secret, because headers are. */
export const contactProvidersSetting = z
  .string()
  .default('[]')
  .transform((text, c): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      // What the parser says would show a part of it.
      c.addIssue({ code: 'custom', message: 'must be JSON' });
      return z.NEVER;
    }
  })
  .pipe(
    z
      .array(provider)
      .max(MAX_PROVIDERS, `must be at most ${MAX_PROVIDERS} providers`)
      .refine(haveOwnIds, `must have ids of their own, and none "${INBOX_PROVIDER}"`),
  );

/** Elsewhere than in the query what someone searches for could lead to another resource. */
function searchesInQuery(url: string): boolean {
  const [path = '', query = ''] = url.split('?', 2);
  return isTemplate(url) && !path.includes('{search}') && query.includes('{search}');
}

function isTemplate(url: string): boolean {
  if (!URL.canParse(url) || /[{}]/.test(url.split('/', 3).join('/'))) return false;
  return ['http:', 'https:'].includes(new URL(url).protocol);
}

function areHeaders(headers: Record<string, string>): boolean {
  try {
    // The constructor refuses what is no name or value of a header.
    return [...new Headers(headers).keys()].length <= Object.keys(headers).length;
  } catch {
    return false;
  }
}

function haveOwnIds(providers: readonly { id: string }[]): boolean {
  const ids = new Set([INBOX_PROVIDER, ...providers.map(({ id }) => id)]);
  return ids.size === providers.length + 1;
}
