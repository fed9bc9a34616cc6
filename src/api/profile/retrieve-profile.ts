import { createRoute } from '@hono/zod-openapi';
import { loadProfile } from '../../inbox/profile/load-profile.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { profileSchema } from './profile-schema.ts';

const route = createRoute({
  operationId: 'retrieveBusinessProfileSettings',
  method: 'get',
  path: '/api/v1/settings/business/profile/',
  tags: ['Settings'],
  responses: { 200: json(profileSchema, 'The profile.'), ...failures(403, 503) },
});

/** Shows the number's profile, out of our copy. */
export function retrieveBusinessProfileSettings(api: Api): void {
  api.openapi(route, async (c) => c.json(await loadProfile(c.var.stack), 200));
}
