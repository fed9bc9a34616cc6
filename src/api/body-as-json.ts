import type { Context, Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { CSRF_FIELD } from '../auth/csrf.ts';
import { invalidField, WaypostError } from '../error.ts';
import type { ApiEnv } from './api-env.ts';
import { formObject } from './form-object.ts';
import { isTooDeep } from './json-depth.ts';

/** Far above any message; files have a way of their own. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Requests that bring a file and read their body themselves, without the trailing slash. */
const FILE_ROUTES: ReadonlySet<string> = new Set([
  'POST /api/v1/chat_import',
  'POST /api/v1/media',
  'POST /api/v1/settings/profile/photo',
]);

const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

const limit = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new WaypostError('too_large', 'The request body may have 1 MB at most.');
  },
});

/**
 * Makes every body a JSON one before it is validated: the service takes JSON, urlencoded and multipart
 * forms alike (spec: Making requests). An empty body is `{}`. Throws `too_large` above 1 MB,
 * `unsupported_media_type` for another kind and `invalid` for what cannot be read.
 */
export async function bodyAsJson(c: Context<ApiEnv>, next: Next): Promise<Response | void> {
  const route = `${c.req.method} ${c.req.path.replace(/\/$/, '')}`;
  if (!WITH_BODY.has(c.req.method) || FILE_ROUTES.has(route)) return next();
  return limit(c, async () => {
    const body = await readBody(c.req.raw);
    const headers = new Headers(c.req.raw.headers);
    headers.set('Content-Type', 'application/json');
    headers.delete('Content-Length');
    c.req.raw = new Request(c.req.url, { method: c.req.method, headers, body });
    await next();
  });
}

/** Returns the body of a request as JSON text. */
async function readBody(request: Request): Promise<string> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.length === 0) return '{}';
  const contentType = request.headers.get('content-type') ?? '';
  const kind = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (/^application\/(.+\+)?json$/.test(kind)) return checkedJson(bytes);
  if (kind === 'application/x-www-form-urlencoded') {
    return formText(new URLSearchParams(new TextDecoder().decode(bytes)));
  }
  if (kind === 'multipart/form-data') return formText(await multipartFields(bytes, contentType));
  const problem = `Unsupported media type "${contentType}" in request.`;
  throw new WaypostError('unsupported_media_type', problem);
}

function checkedJson(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
    if (isTooDeep(JSON.parse(text))) throw new Error('Nested too deeply.');
    return text;
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new WaypostError('invalid', `JSON parse error - ${problem}`, { cause });
  }
}

async function multipartFields(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<[string, string][]> {
  const form = await parseMultipart(bytes, contentType);
  return Array.from(form, ([name, value]) => {
    if (typeof value !== 'string') throw invalidField(name, 'Not a valid string.');
    return [name, value];
  });
}

async function parseMultipart(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { 'Content-Type': contentType } }).formData();
  } catch (cause) {
    throw new WaypostError(
      'invalid',
      'Multipart form parse error - the body is not what its type says.',
      { cause },
    );
  }
}

function formText(entries: Iterable<[string, string]>): string {
  // `signedIn` has looked at it; no operation knows it.
  const fields = formObject([...entries].filter(([name]) => name !== CSRF_FIELD));
  if (isTooDeep(fields)) throw new WaypostError('invalid', 'A field nests too deeply.');
  return JSON.stringify(fields);
}
