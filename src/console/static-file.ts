import type { ConsoleContext } from './console-env.ts';
import { showMissingSettings } from './missing-settings.ts';

/**
 * What a file of ours may do in a browser: load what is ours, talk to us and to our websockets, and be shown in
 * no other site's frame, where a click on it could be meant for something else.
 */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self' ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Answers what nothing else does: with a file of `web/public`, else 404. */
export async function staticFile(
  c: Pick<ConsoleContext, 'env' | 'json' | 'req' | 'var'>,
): Promise<Response> {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') {
    const file = await c.env.ASSETS?.fetch(c.req.raw);
    if (file !== undefined && file.status !== 404) return guarded(showMissingSettings(c, file));
  }
  return c.json({ detail: 'Not found.' }, 404);
}

/** A file is what its name says, whatever a browser thinks of its contents. */
function guarded(file: Response): Response {
  const answer = new Response(file.body, file);
  answer.headers.set('X-Content-Type-Options', 'nosniff');
  answer.headers.set('Content-Security-Policy', POLICY);
  return answer;
}
