import { createRoute } from '@hono/zod-openapi';
import { loadProfile } from '../../inbox/profile/load-profile.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { presentAbout } from './present-about.ts';
import { aboutSchema } from './profile-schema.ts';

const route = createRoute({
  operationId: 'retrieveProfileAbout',
  method: 'get',
  path: '/api/v1/settings/profile/about/',
  tags: ['Settings'],
  responses: { 200: json(aboutSchema, 'The about.'), ...failures(403, 503) },
});

/** Shows the number's about, out of our copy. */
export function retrieveProfileAbout(api: Api): void {
  api.openapi(route, async (c) => c.json(presentAbout(await loadProfile(c.var.stack)), 200));
}
