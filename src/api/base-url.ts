import type { Context } from 'hono';

/** Returns the `https://host` that this request was sent to: what links in its answer begin with. */
export function baseUrlOf(c: Context): string {
  return new URL(c.req.url).origin;
}
