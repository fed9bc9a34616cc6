import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { matchedRoutes } from 'hono/route';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { WaypostError, type ErrorCode } from '../error.ts';
import { logError } from '../log.ts';

const WINDOW_CLOSED: number = 453;

/** The service answers 403, not 401, to whoever is not signed in (spec: Authorization, Provider). */
const STATUS: Readonly<Record<ErrorCode, ContentfulStatusCode>> = {
  invalid: 400,
  unauthenticated: 403,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  throttled: 429,
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the service's own: hono knows the standard's
  window_closed: WINDOW_CLOSED as ContentfulStatusCode,
  loop: 508,
  misconfigured: 503,
  unavailable: 503,
};

/** Where the service puts the sentence for people: its clients read `reason` first, then `detail`. */
const HAS_REASON: ReadonlySet<ErrorCode> = new Set([
  'invalid',
  'conflict',
  'too_large',
  'window_closed',
  'unavailable',
]);

/** The one place that turns an error into an answer of the API, in the service's own shapes. */
export function answerError(error: Error, c: Context): Response {
  if (error instanceof WaypostError) {
    const { retryAfterSeconds } = error;
    if (retryAfterSeconds !== undefined) c.header('Retry-After', String(retryAfterSeconds));
    return c.json(bodyOf(error), STATUS[error.code]);
  }
  if (error instanceof HTTPException && error.status < 500) {
    const { message, status } = error;
    return c.json(
      status === 400 ? { detail: message, reason: message } : { detail: message },
      status,
    );
  }
  // The route, not the path: a path may hold an activation code.
  logError('api_request_failed', error, {
    method: c.req.method,
    route: routeOf(c),
    request_id: c.get('requestId'),
  });
  return c.json({ detail: 'Server error.' }, 500);
}

function routeOf(c: Context): string | undefined {
  return matchedRoutes(c).findLast((route) => !route.path.endsWith('*'))?.path;
}

function bodyOf({ code, message, fields, parent }: WaypostError): object {
  if (fields !== undefined) {
    return { ...(parent === undefined ? fields : { [parent]: fields }), reason: message };
  }
  return HAS_REASON.has(code) ? { detail: message, reason: message } : { detail: message };
}
