import { createRoute, z } from '@hono/zod-openapi';
import { notFound } from '../../error.ts';
import { mayReadMedia } from '../../inbox/media/may-read-media.ts';
import { findMediaByAnyId } from '../../inbox/media/media-row.ts';
import { signedMediaUrl } from '../../inbox/media/signed-media-url.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { integerField } from '../fields.ts';
import { queryParam } from '../query-param.ts';
import { failures, json } from '../route-parts.ts';
import { mediaParams } from './media-params.ts';

const DEFAULT_LIFE_S = 3_600;

/** Who has the link has the file, and no link can be taken back: a week is as long as it is good. */
const MAX_LIFE_S = 604_800;

const linkSchema = z
  .object({ url: z.url(), expires_at: z.int().openapi({ description: 'Seconds.' }) })
  .openapi('MediaLink');

const route = createRoute({
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
});

/** Hands out a signed link to a file, to whoever may read it themselves. */
export function createMediaLink(api: Api): void {
  api.openapi(route, async (c) => {
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
  });
}
