import { createRoute } from '@hono/zod-openapi';
import { updateProfile } from '../../inbox/profile/update-profile.ts';
import type { Api } from '../api-env.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { profileBody, profileSchema } from './profile-schema.ts';

const route = createRoute({
  operationId: 'partialUpdateBusinessProfileSettings',
  method: 'patch',
  path: '/api/v1/settings/business/profile/',
  tags: ['Settings'],
  request: jsonBody(profileBody),
  responses: { 200: json(profileSchema, 'The profile.'), ...failures(400, 403, 503) },
});

/** Changes what the body names of the number's profile. */
export function partialUpdateBusinessProfileSettings(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const { messaging_product: _always, ...change } = c.req.valid('json');
    return c.json(await updateProfile(stack, user, change, Date.now()), 200);
  });
}
