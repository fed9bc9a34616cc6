import type { Next } from 'hono';
import type { ConsoleContext } from './console-env.ts';
import { giveCsrfToken } from './csrf-token.ts';

/** The front page is a file; each accessible page gives a CSRF token (spec: Session). */
export async function frontPageToken(c: ConsoleContext, next: Next): Promise<void> {
  await next();
  if (c.res.headers.get('content-type')?.startsWith('text/html') !== true) return;
  giveCsrfToken(c);
  // What one browser's token is in must not be another's.
  c.header('Cache-Control', 'private, no-cache');
}
