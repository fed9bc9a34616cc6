import type { Context, Next } from 'hono';
import type { ApiEnv } from '../api-env.ts';

/** What the service's own inbox puts before a filter of chats in its address, and clients after it. */
const PREFIX = 'cf_';

/** Has filters with the inbox's prefix count as those without; what is said without it counts before. */
export async function plainFilters(c: Context<ApiEnv>, next: Next): Promise<void> {
  const url = new URL(c.req.url);
  const said = [...url.searchParams];
  const isSaid = new Set(said.filter(([, value]) => value !== '').map(([name]) => name));
  const isPlain = ([name]: [string, string]): boolean =>
    !name.startsWith(PREFIX) || isSaid.has(name.slice(PREFIX.length));
  const prefixed = said.filter((one) => !isPlain(one));
  if (prefixed.length > 0) {
    const plain = prefixed.map(([name, value]) => [name.slice(PREFIX.length), value]);
    // At once: to take out a parameter writes the whole query anew.
    url.search = new URLSearchParams([...said.filter(isPlain), ...plain]).toString();
    c.req.raw = new Request(url, c.req.raw);
  }
  await next();
}
