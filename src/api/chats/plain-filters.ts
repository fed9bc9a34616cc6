import type { Context, Next } from 'hono';
import type { ApiEnv } from '../api-env.ts';

/** What the service's own inbox puts before a filter of chats in its address, and clients after it. */
const PREFIX = 'cf_';

/** Has filters with the inbox's prefix count as those without; what is said without it counts before. */
export async function plainFilters(c: Context<ApiEnv>, next: Next): Promise<void> {
  const url = new URL(c.req.url);
  const said = [...url.searchParams];
  for (const [name, value] of said) {
    const plain = name.slice(PREFIX.length);
    if (!name.startsWith(PREFIX) || said.some(([other, what]) => other === plain && what !== ''))
      continue;
    url.searchParams.delete(name);
    url.searchParams.append(plain, value);
  }
  if (said.some(([name]) => name.startsWith(PREFIX))) c.req.raw = new Request(url, c.req.raw);
  await next();
}
