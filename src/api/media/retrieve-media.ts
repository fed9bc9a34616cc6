import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { isSignedPath } from '../../auth/signed-url.ts';
import { notFound, WaypostError } from '../../error.ts';
import { mayReadMedia } from '../../inbox/media/may-read-media.ts';
import { awaitFetch } from '../../inbox/media/await-fetch.ts';
import { isTakenByWaba } from '../../inbox/media/media-kinds.ts';
import { findMediaByAnyId, mediaKey, type MediaRow } from '../../inbox/media/media-row.ts';
import { baseType, safeType, UNKNOWN_TYPE } from '../../inbox/media/mime-type.ts';
import { logError } from '../../log.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { failures } from '../route-parts.ts';
import { mediaParams } from './media-params.ts';
import { signedIn } from '../signed-in.ts';
import { fileHead } from './file-head.ts';

const binary = { '*/*': { schema: z.string().openapi({ format: 'binary' }) } };

const query = z.object({
  mime_type_type: z.string().optional().openapi({
    description: 'With `mime_type_subtype` the type of a file whose own type is not known.',
  }),
  mime_type_subtype: z.string().optional(),
  expires: z.string().optional().openapi({ description: 'Of a signed link.' }),
  signature: z.string().optional(),
});

const route = createRoute({
  operationId: 'retrieveMediaFile',
  method: 'get',
  path: '/api/v1/media/{id}/',
  tags: ['Media'],
  request: { params: mediaParams, query },
  responses: {
    200: { description: 'The file.', content: binary },
    206: { description: 'The part that `Range` asks for.', content: binary },
    304: { description: 'What `If-None-Match` names is still good.' },
    416: { description: '`Range` begins after the end.' },
    ...failures(403, 404),
  },
});

/**
 * Serves a file to whoever may read a chat that it is in, and to whoever has a signed link to it. It
 * asks for a user itself, so it is registered among what is open to all.
 */
export function retrieveMediaFile(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack } = c.var;
    const found = await findVisible(c, c.req.valid('param').id);
    const file = await awaitFetch(stack.db, found, Date.now());
    if (file.state !== 'stored') throw unstored(c, file);
    const shown = { ...file, mime_type: shownType(file.mime_type, c.req.valid('query')) };
    const { status, headers, range } = fileHead(shown, c.req.raw.headers);
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    const isBodiless = c.req.method === 'HEAD' || status === 304 || status === 416;
    if (isBodiless) return c.body(null, status);
    const object = await stack.files.get(mediaKey(file.id), range === undefined ? {} : { range });
    if (object !== null && 'body' in object) return c.body(object.body, status);
    logError('media_lost', new Error('The row is there, the file is not.'), { media: file.id });
    throw notFound();
  });
}

/** Finds a file for this caller. Throws `unauthenticated`, or `not_found` also where it is not for them. */
async function findVisible(c: Context<ApiEnv>, id: string): Promise<MediaRow> {
  const { config, db } = c.var.stack;
  const url = new URL(c.req.url);
  const isOpened = isSignedPath(config, url.pathname, url.searchParams, Date.now() / 1000);
  if (!isOpened) await signedIn(c, async () => undefined);
  const file = await findMediaByAnyId(db, id);
  if (file === undefined) throw notFound();
  if (!isOpened && !(await mayReadMedia(db, c.var.user, file))) throw notFound();
  return file;
}

/**
 * The type that a file is served with: its own, and where that says nothing the one that the link asks for
 * (spec: retrieveMediaFile), of those that WhatsApp takes and no browser runs.
 */
function shownType(own: string, asked: z.output<typeof query>): string {
  if (baseType(own) !== UNKNOWN_TYPE) return own;
  const type = safeType(`${asked.mime_type_type}/${asked.mime_type_subtype}`);
  return isTakenByWaba(type) ? type : own;
}

/** Why a file that we know of cannot be served. */
function unstored(c: Context<ApiEnv>, file: MediaRow): WaypostError {
  c.header('Cache-Control', 'no-store');
  if (file.state === 'failed') {
    return new WaypostError('not_found', 'WhatsApp did not hand the file out.');
  }
  const waitMs = (file.next_at ?? 0) - Date.now();
  c.header('Retry-After', String(Math.max(1, Math.ceil(waitMs / 1000))));
  return new WaypostError('not_found', 'The file has not been fetched from WhatsApp yet.');
}
