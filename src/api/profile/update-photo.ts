import { createRoute, z } from '@hono/zod-openapi';
import { UPLOAD_FIELD } from '../../inbox/media/store-upload.ts';
import { updatePhoto } from '../../inbox/profile/profile-photo.ts';
import type { Api } from '../api-env.ts';
import { readUpload } from '../media/read-upload.ts';
import { failures, json } from '../route-parts.ts';

/** A plain schema documents only; one of zod's would read the whole body first, however long it is. */
const formSchema = {
  type: 'object' as const,
  properties: { [UPLOAD_FIELD]: { type: 'string' as const, format: 'binary' } },
  required: [UPLOAD_FIELD],
};

const route = createRoute({
  operationId: 'updateProfilePhoto',
  method: 'post',
  path: '/api/v1/settings/profile/photo/',
  tags: ['Settings'],
  request: { body: { content: { 'multipart/form-data': { schema: formSchema } }, required: true } },
  responses: { 200: json(z.object({}), 'WhatsApp shows it.'), ...failures(400, 403, 413, 503) },
});

/** Has WhatsApp show another photo. */
export function updateProfilePhoto(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const { content } = await readUpload(c.req.raw);
    await updatePhoto(stack, user, content, Date.now());
    return c.json({}, 200);
  });
}
