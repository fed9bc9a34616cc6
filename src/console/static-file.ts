import type { ConsoleContext } from './console-env.ts';

/** Answers what nothing else does: with a file of `web/public`, else 404. */
export async function staticFile(
  c: Pick<ConsoleContext, 'env' | 'json' | 'req'>,
): Promise<Response> {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') {
    const file = await c.env.ASSETS?.fetch(c.req.raw);
    if (file !== undefined && file.status !== 404) return file;
  }
  return c.json({ detail: 'Not found.' }, 404);
}
