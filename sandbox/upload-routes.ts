import { randomBytes } from 'node:crypto';
import type { Answer } from './answer.ts';
import { json } from './answer.ts';
import { metaError } from './meta-error.ts';
import { header, readBody, type Route, type RouteRequest } from './route.ts';
import type { World } from './world.ts';

const UPLOADS = /^\/uploads$/;
const SESSION = /^\/(upload:[\w-]+)$/;

/** What a profile photo may be (Graph, Resumable Upload API). */
const MAX_PHOTO_BYTES = 5 * 1024 * 1024;
const PHOTO_TYPES = ['image/jpeg', 'image/jpg', 'image/png'];

/** Graph's resumable upload, as 360dialog serves it: a session, then the bytes, then a handle. */
export function uploadRoutes(world: World): Route[] {
  return [
    { method: 'POST', path: UPLOADS, answer: (request) => beginUpload(world, request) },
    { method: 'POST', path: SESSION, answer: (request) => takeUpload(world, request) },
  ];
}

function beginUpload({ account }: World, { query }: RouteRequest): Answer {
  const size = Number(query.get('file_length'));
  const mimeType = query.get('file_type') ?? '';
  if (!Number.isInteger(size) || size < 1 || size > MAX_PHOTO_BYTES) {
    return metaError(400, 100, 'file_length must be between 1 byte and 5 MB');
  }
  if (!PHOTO_TYPES.includes(mimeType)) {
    return metaError(400, 100, `file_type must be one of {${PHOTO_TYPES.join(', ')}}`);
  }
  if (query.get('session_type') !== 'attachment') {
    return metaError(400, 100, 'session_type must be one of {attachment}');
  }
  const id = `upload:${randomBytes(12).toString('base64url')}`;
  account.uploads.set(id, { size, mimeType });
  // As Graph's, the id has a query of its own.
  return json(200, { id: `${id}?sig=${randomBytes(8).toString('base64url')}` });
}

async function takeUpload({ account }: World, request: RouteRequest): Promise<Answer> {
  const upload = account.uploads.get(request.params[0] ?? '');
  const bytes = await readBody(request.message, MAX_PHOTO_BYTES);
  if (upload === undefined) return metaError(400, 100, 'There is no such upload session');
  if (request.query.get('sig') === null) return metaError(400, 100, 'The signature is missing');
  if (header(request.message, 'file_offset') !== '0') {
    return metaError(400, 100, 'The header file_offset must be 0');
  }
  if (bytes.length !== upload.size) {
    return metaError(400, 100, `${upload.size} bytes were announced, ${bytes.length} came`);
  }
  upload.bytes = new Uint8Array(bytes);
  upload.handle = randomBytes(24).toString('base64url');
  return json(200, { h: upload.handle });
}
