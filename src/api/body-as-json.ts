import type { Context, Next } from 'hono';
import { CSRF_FIELD } from '../auth/csrf.ts';
import { invalidField, WaypostError } from '../error.ts';
import { readRequest } from '../outbound/read-request.ts';
import type { ApiEnv } from './api-env.ts';
import { formObject, MAX_FIELDS, tooManyFields } from './form-object.ts';
import { boundaryOf, formDataOf } from './quoted-names.ts';

/** Deeper than any message; SQLite reads JSON up to 1,000 levels, and recursion has an end too. */
const MAX_DEPTH = 100;

const TOO_DEEP = 'Nested too deeply.';

/** More than the largest message has; zod keeps a problem for each that is wrong, and spreads them as arguments. */
const MAX_VALUES = 20_000;

/** Far above any message; files have a way of their own. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Requests that bring a file and read their body themselves, without the trailing slash. */
const FILE_ROUTES: ReadonlySet<string> = new Set([
  'POST /api/v1/chat_import',
  'POST /api/v1/media',
  'POST /api/v1/settings/profile/photo',
]);

const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** A field's name, a file's and their types, with room to spare. */
const MAX_HEAD_CHARACTERS = 16 * 1024;

/**
 * Makes every body a JSON one before it is validated: the service takes JSON, urlencoded and multipart
 * forms alike (spec: Making requests). An empty body is `{}`. Throws `too_large` above 1 MB,
 * `unsupported_media_type` for another kind and `invalid` for what cannot be read or has too many parts.
 */
export async function bodyAsJson(c: Context<ApiEnv>, next: Next): Promise<Response | void> {
  const route = `${c.req.method} ${c.req.path.replace(/\/$/, '')}`;
  if (!WITH_BODY.has(c.req.method) || FILE_ROUTES.has(route)) return next();
  const body = await readBody(c.req.raw);
  const headers = new Headers(c.req.raw.headers);
  headers.set('Content-Type', 'application/json');
  headers.delete('Content-Length');
  c.req.raw = new Request(c.req.url, { method: c.req.method, headers, body });
  return next();
}

/** Returns the body of a request as JSON text. */
async function readBody(request: Request): Promise<string> {
  const bytes = await readRequest(request, MAX_BODY_BYTES);
  if (bytes.length === 0) return '{}';
  const contentType = request.headers.get('content-type') ?? '';
  const kind = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (/^application\/(.+\+)?json$/.test(kind)) return checkedJson(bytes);
  if (kind === 'application/x-www-form-urlencoded') {
    const text = new TextDecoder().decode(bytes);
    assertFewFields(text, '&');
    return formText(new URLSearchParams(text));
  }
  if (kind === 'multipart/form-data') return formText(await multipartFields(bytes, contentType));
  const problem = `Unsupported media type "${contentType}" in request.`;
  throw new WaypostError('unsupported_media_type', problem);
}

function checkedJson(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
    const problem = shapeProblem(JSON.parse(text));
    if (problem !== undefined) throw new Error(problem);
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
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) throw brokenMultipart();
  const text = Buffer.from(bytes.buffer).toString('latin1');
  assertFewFields(text, `\n--${boundary}`);
  if (hasLongHead(text, boundary)) throw brokenMultipart();
  try {
    return await formDataOf(new Response(bytes, { headers: { 'Content-Type': contentType } }));
  } catch (cause) {
    if (cause instanceof WaypostError) throw cause;
    throw brokenMultipart(cause);
  }
}

/** Whether the head of a part is longer than a name can make it: taking a megabyte of it apart takes a sixth of a second. */
function hasLongHead(text: string, boundary: string): boolean {
  let at = text.indexOf(`--${boundary}`);
  while (at !== -1) {
    const end = text.indexOf('\r\n\r\n', at);
    if ((end === -1 ? text.length : end) - at > MAX_HEAD_CHARACTERS) return true;
    at = end === -1 ? -1 : text.indexOf(`\n--${boundary}`, end);
  }
  return false;
}

function brokenMultipart(cause?: unknown): WaypostError {
  const problem = 'Multipart form parse error - the body is not what its type says.';
  return new WaypostError('invalid', problem, { cause });
}

function formText(entries: Iterable<[string, string]>): string {
  // `signedIn` has looked at it; no operation knows it.
  const fields = formObject([...entries].filter(([name]) => name !== CSRF_FIELD));
  const problem = shapeProblem(fields);
  if (problem === TOO_DEEP) throw new WaypostError('invalid', 'A field nests too deeply.');
  if (problem !== undefined) throw new WaypostError('invalid', `Form parse error - ${problem}`);
  return JSON.stringify(fields);
}

/** Counted before they are taken apart: half a million fields take a fifth of a second by themselves. */
function assertFewFields(text: string, separator: string): void {
  let count = 1;
  for (let at = text.indexOf(separator); at !== -1; at = text.indexOf(separator, at + 1)) {
    count += 1;
    if (count > MAX_FIELDS + 1) throw tooManyFields();
  }
}

/**
 * Says why the rest of the Worker could not walk a value: its lists and objects are nested too deeply in each
 * other, or hold too many values. Undefined where it can.
 */
export function shapeProblem(value: unknown): string | undefined {
  let level: unknown[] = [value];
  let count = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return TOO_DEEP;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      const inside: unknown[] = Object.values(item);
      count += inside.length;
      if (count > MAX_VALUES) return `It may have ${MAX_VALUES} values at most.`;
      for (const one of inside) next.push(one);
    }
    level = next;
  }
  return undefined;
}
