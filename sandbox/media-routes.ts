import type { Answer } from './answer.ts';
import { json, Problem } from './answer.ts';
import { MAX_MEDIA_BYTES, mediaFault } from './media-types.ts';
import { metaError } from './meta-error.ts';
import { header, readBody, type RouteRequest } from './route.ts';
import type { World } from './world.ts';

/** Room for what multipart puts around the file, in bytes. */
const MULTIPART_OVERHEAD_BYTES = 64 * 1024;

/** Graph's subcode for an object that is not there. */
const NO_SUCH_OBJECT = 33;

/** POST /media: stores an upload and answers its id. */
export async function uploadMedia(world: World, { message, query }: RouteRequest): Promise<Answer> {
  const bytes = await readBody(message, MAX_MEDIA_BYTES + MULTIPART_OVERHEAD_BYTES);
  const form = await parseForm(bytes, header(message, 'content-type') ?? '');
  const product = form.get('messaging_product') ?? query.get('messaging_product');
  if (product !== 'whatsapp') {
    return metaError(400, 100, 'Param messaging_product must be one of {whatsapp}.');
  }
  const file = form.get('file');
  if (file === null || typeof file === 'string') {
    return metaError(400, 100, 'The parameter file is required and must be a file.');
  }
  const mimeType = typeOf(file, form.get('type'));
  const content = new Uint8Array(await file.arrayBuffer());
  const fault = mediaFault(mimeType, content);
  if (fault) return metaError(400, 100, fault);
  return json(200, { id: world.media.add(content, mimeType, 'upload').id });
}

/** The file's own type; many clients give it none that says anything, and a field `type` instead. */
function typeOf(file: File, declared: File | string | null): string {
  const vague = file.type === '' || file.type === 'application/octet-stream';
  return vague && typeof declared === 'string' ? declared : file.type;
}

async function parseForm(bytes: Buffer, contentType: string): Promise<FormData> {
  if (!contentType.startsWith('multipart/form-data')) {
    throw new Problem(400, 'The Content-Type must be multipart/form-data');
  }
  try {
    const body = new Uint8Array(bytes);
    return await new Response(body, { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new Problem(400, 'The body is not valid multipart/form-data');
  }
}

/** GET /{media-id}: where the file can be fetched, for a few minutes; at Meta's host unless `host` is another. */
export function describeMedia(
  world: World,
  { params: [id = ''] }: RouteRequest,
  host?: string,
): Answer {
  const now = Date.now();
  if (world.failedLookups.blocked(now)) {
    return metaError(403, 4, 'Too many failed media look-ups; try again in an hour');
  }
  const media = world.media.get(id);
  if (!media) {
    const tooMany = world.failedLookups.add(now);
    if (tooMany) world.ledger.violations.push({ kind: 'media', to: id, at: now });
    return noSuchMedia(id);
  }
  return json(200, {
    messaging_product: 'whatsapp',
    url: world.media.urlOf(media, host),
    mime_type: media.mimeType,
    sha256: media.sha256,
    file_size: String(media.bytes.length),
    id,
  });
}

/** GET /whatsapp_business/attachments/: the bytes a URL stands for, 404 once it expired. */
export function downloadMedia(world: World, { query }: RouteRequest): Answer {
  const media = world.media.open(query);
  if (!media) return metaError(404, 100, 'The media URL is not valid or has expired');
  const headers = { 'content-type': media.mimeType, 'content-length': String(media.bytes.length) };
  return { status: 200, headers, body: media.bytes };
}

/** DELETE /{media-id} */
export function deleteMedia(world: World, { params: [id = ''] }: RouteRequest): Answer {
  return world.media.delete(id) ? json(200, { success: true }) : noSuchMedia(id);
}

function noSuchMedia(id: string): Answer {
  const details = `Unsupported request. Object with ID '${id}' does not exist`;
  return metaError(400, 100, details, NO_SUCH_OBJECT);
}
