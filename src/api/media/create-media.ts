import { createRoute, z } from '@hono/zod-openapi';
import { UPLOAD_FIELD, storeUpload } from '../../inbox/media/store-upload.ts';
import type { Api } from '../api-env.ts';
import { linksOf } from '../base-url.ts';
import { failures, json } from '../route-parts.ts';
import { readUpload } from './read-upload.ts';

const mediaFileSchema = z.object({ file: z.url(), id: z.uuid() }).openapi('MediaFile');

/** A plain schema documents only; one of zod's would read the whole body first, however long it is. */
const formSchema = {
  type: 'object' as const,
  properties: { [UPLOAD_FIELD]: { type: 'string' as const, format: 'binary' } },
  required: [UPLOAD_FIELD],
};

const route = createRoute({
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
});

/** Takes a file to be sent in messages. */
export function createMediaFile(api: Api): void {
  api.openapi(route, async (c) => {
    const upload = await readUpload(c.req.raw);
    const id = await storeUpload(c.var.stack, c.var.user, upload, Date.now());
    return c.json({ file: linksOf(c).mediaLink(id), id }, 201);
  });
}
