import type { Context, Next } from 'hono';

/** One host, with a port at most (RFC 9110, 7.2): two of them are joined with a comma. */
const HOST = /^(?:\[[\da-f:.]+\]|[^\s/?#@\\:,%[\]]+)(?::\d{1,5})?$/i;

/**
 * Refuses a request whose address is none (RFC 9112, 3.2): a `Host` that is no host, or two of them, and
 * `OPTIONS *`, which is joined to the host. Everything behind this may read the address.
 */
export async function wellFormed(c: Context, next: Next): Promise<Response | void> {
  const host = c.req.header('host');
  const url = URL.parse(c.req.url);
  const isGood = url !== null && !url.host.includes('*') && (host === undefined || HOST.test(host));
  if (isGood) return next();
  return c.json({ detail: 'The Host header or the address of the request is malformed.' }, 400);
}
