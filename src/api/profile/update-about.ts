import { createRoute } from '@hono/zod-openapi';
import { updateProfile } from '../../inbox/profile/update-profile.ts';
import type { Api } from '../api-env.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { presentAbout } from './present-about.ts';
import { aboutBody, aboutSchema } from './profile-schema.ts';

const route = createRoute({
  operationId: 'updateProfileAbout',
  method: 'patch',
  path: '/api/v1/settings/profile/about/',
  tags: ['Settings'],
  request: jsonBody(aboutBody),
  responses: { 200: json(aboutSchema, 'The about.'), ...failures(400, 403, 503) },
});

/** Changes the number's about. */
export function updateProfileAbout(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const { settings, text } = c.req.valid('json');
    const about = settings?.profile.about.text ?? text;
    return c.json(presentAbout(await updateProfile(stack, user, { about }, Date.now())), 200);
  });
}
