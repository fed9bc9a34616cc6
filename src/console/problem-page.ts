import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { WaypostError, type ErrorCode } from '../error.ts';
import { logError } from '../log.ts';
import type { ConsoleContext } from './console-env.ts';
import { answerPage } from './page.ts';

/** What pages throw. */
const STATUS: Readonly<Partial<Record<ErrorCode, ContentfulStatusCode>>> = {
  forbidden: 403,
  method_not_allowed: 405,
  too_large: 413,
  unsupported_media_type: 415,
  throttled: 429,
};

/** Turns an error into a page that says it. */
export async function answerProblem(error: Error, c: ConsoleContext): Promise<Response> {
  if (!(error instanceof WaypostError)) {
    logError('page_failed', error, { method: c.req.method, request_id: c.var.requestId });
  }
  const { message, status } = describe(error);
  if (error instanceof WaypostError && error.retryAfterSeconds !== undefined) {
    c.header('Retry-After', String(error.retryAfterSeconds));
  }
  const body = html`<p role="alert">${message}</p>
    <p><a href="/login/" rel="noreferrer">Sign in</a></p>`;
  return answerPage(c, { title: 'That did not work', body, status, isFramable: true });
}

function describe(error: Error): { message: string; status: ContentfulStatusCode } {
  if (!(error instanceof WaypostError)) return { message: 'Server error.', status: 500 };
  return { message: error.message, status: STATUS[error.code] ?? 400 };
}
