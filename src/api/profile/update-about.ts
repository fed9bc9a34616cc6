import { createRoute } from '@hono/zod-openapi';
import { updateProfile } from '../../inbox/profile/update-profile.ts';
import type { Api } from '../api-env.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { presentAbout } from './present-about.ts';
import { aboutBody, aboutSchema } from './profile-schema.ts';

const parts = {
  path: '/api/v1/settings/profile/about/',
  tags: ['Settings'],
  request: jsonBody(aboutBody),
  responses: { 200: json(aboutSchema, 'The about.'), ...failures(400, 403, 503) },
};

const route = createRoute({ ...parts, operationId: 'updateProfileAbout', method: 'patch' });

/** The service's document names no method. */
const putRoute = createRoute({ ...parts, hide: true, method: 'put' });

/** Changes the number's about. */
export function updateProfileAbout(api: Api): void {
  for (const one of [route, putRoute]) {
    api.openapi(one, async (c) => {
      const { stack, user } = c.var;
      const { settings, text } = c.req.valid('json');
      const about = settings?.profile.about.text ?? text;
      return c.json(presentAbout(await updateProfile(stack, user, { about }, Date.now())), 200);
    });
  }
}
