import type { ConsoleContext } from './console-env.ts';

/** Answers what nothing else does: with a file of `web/public`, else 404. */
export async function staticFile(
  c: Pick<ConsoleContext, 'env' | 'json' | 'req'>,
): Promise<Response> {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') {
    const file = await c.env.ASSETS?.fetch(c.req.raw);
    if (file !== undefined && file.status !== 404) return unframed(file);
  }
  return c.json({ detail: 'Not found.' }, 404);
}

/** A page of ours is shown in no other site's frame, where a click on it could be meant for something else. */
function unframed(file: Response): Response {
  if (file.headers.get('content-type')?.startsWith('text/html') !== true) return file;
  const page = new Response(file.body, file);
  page.headers.set('Content-Security-Policy', "frame-ancestors 'none'");
  page.headers.set('X-Content-Type-Options', 'nosniff');
  return page;
}
