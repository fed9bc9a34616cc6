import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { isSignedPath } from '../../auth/signed-url.ts';
import { notFound, WaypostError } from '../../error.ts';
import { awaitFetch } from '../../inbox/media/await-fetch.ts';
import { isTakenByWaba } from '../../inbox/media/media-kinds.ts';
import {
  findMediaByAnyId,
  mayReadMedia,
  mediaKey,
  type MediaRow,
} from '../../inbox/media/media-row.ts';
import { baseType, safeType, UNKNOWN_TYPE } from '../../inbox/media/mime-type.ts';
import { signedMediaUrl } from '../../inbox/media/links.ts';
import { storeUpload, UPLOAD_FIELD } from '../../inbox/media/store-upload.ts';
import { logError } from '../../log.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { baseUrlOf, linksOf } from '../base-url.ts';
import { integerField, queryParam } from '../fields.ts';
import { failures, json, signedInRoute } from '../route-parts.ts';
import { signedIn } from '../signed-in.ts';
import { fileHead } from './file-head.ts';
import { mediaParams } from './media-params.ts';
import { readUpload } from './read-upload.ts';

const binary = { '*/*': { schema: z.string().openapi({ format: 'binary' }) } };

const retrieveMediaFileQuery = z.object({
  mime_type_type: z.string().optional().openapi({
    description: 'With `mime_type_subtype` the type of a file whose own type is not known.',
  }),
  mime_type_subtype: z.string().optional(),
  expires: z.string().optional().openapi({ description: 'Of a signed link.' }),
  signature: z.string().optional(),
});

const mediaFileSchema = z.object({ file: z.url(), id: z.uuid() }).openapi('MediaFile');

/** A plain schema documents only; one of zod's would read the whole body first, however long it is. */
const formSchema = {
  type: 'object' as const,
  properties: { [UPLOAD_FIELD]: { type: 'string' as const, format: 'binary' } },
  required: [UPLOAD_FIELD],
};

const DEFAULT_LIFE_S = 3_600;

/** Who has the link has the file, and no link can be taken back: a week is as long as it is good. */
const MAX_LIFE_S = 604_800;

const linkSchema = z
  .object({ url: z.url(), expires_at: z.int().openapi({ description: 'Seconds.' }) })
  .openapi('MediaLink');

/** Files. */
export function mediaRoutes(api: Api): void {
  // Serves a file to whoever may read a chat that it is in, and to whoever has a signed link to it. It
  // asks for a user itself, so it is registered among what is open to all.
  api.openapi(
    createRoute({
      operationId: 'retrieveMediaFile',
      method: 'get',
      path: '/api/v1/media/{id}/',
      tags: ['Media'],
      request: { params: mediaParams, query: retrieveMediaFileQuery },
      responses: {
        200: { description: 'The file.', content: binary },
        206: { description: 'The part that `Range` asks for.', content: binary },
        304: { description: 'What `If-None-Match` names is still good.' },
        416: { description: '`Range` begins after the end.' },
        ...failures(403, 404),
      },
    }),
    async (c) => {
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
    },
  );

  // Takes a file to be sent in messages.
  api.openapi(
    signedInRoute({
      operationId: 'createMediaFile',
      method: 'post',
      path: '/api/v1/media/',
      tags: ['Media'],
      request: {
        body: { content: { 'multipart/form-data': { schema: formSchema } }, required: true },
      },
      responses: {
        201: json(mediaFileSchema, 'Where the file is, for a message that links to it.'),
        ...failures(400, 403, 413),
      },
    }),
    async (c) => {
      const upload = await readUpload(c.req.raw);
      const id = await storeUpload(c.var.stack, c.var.user, upload, Date.now());
      return c.json({ file: linksOf(c).mediaLink(id), id }, 201);
    },
  );

  // Hands out a signed link to a file, to whoever may read it themselves.
  api.openapi(
    signedInRoute({
      operationId: 'createMediaLink',
      method: 'get',
      path: '/api/v1/media/{id}/signed_url/',
      tags: ['Media'],
      summary: 'A link that opens the file to whoever has it, without signing in.',
      request: {
        params: mediaParams,
        query: z.object({
          expires_in: queryParam(integerField({ min: 1, max: MAX_LIFE_S })).openapi({
            type: 'integer',
            minimum: 1,
            maximum: MAX_LIFE_S,
            default: DEFAULT_LIFE_S,
            description: 'Seconds.',
          }),
        }),
      },
      responses: {
        200: json(linkSchema, 'The link, and when it stops to be good.'),
        ...failures(400, 403, 404),
      },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const file = await findMediaByAnyId(stack.db, c.req.valid('param').id);
      if (file === undefined || !(await mayReadMedia(stack.db, user, file))) throw notFound();
      const life = c.req.valid('query').expires_in ?? DEFAULT_LIFE_S;
      const expires_at = Math.floor(Date.now() / 1000) + life;
      c.header('Cache-Control', 'no-store');
      return c.json(
        { url: signedMediaUrl(stack, file.id, expires_at, baseUrlOf(c)), expires_at },
        200,
      );
    },
  );
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
function shownType(own: string, asked: z.output<typeof retrieveMediaFileQuery>): string {
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
