import { createRoute, z } from '@hono/zod-openapi';
import { changeUserPassword } from '../../inbox/users/change-password.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { passwordField } from './password-field.ts';

const parts = {
  path: '/api/v1/users/{id}/password/change/',
  tags: ['Users'],
  summary: "Sets a user's password, as an admin; somebody else's token is reset with it.",
  request: { params: idParams, ...jsonBody(z.object({ password: passwordField })) },
  responses: { 200: json(z.object({}), 'It is changed.'), ...failures(400, 403, 404, 429) },
};

const route = createRoute({ ...parts, operationId: 'changeUserPassword', method: 'put' });

/** The service's document names no method. */
const postRoute = createRoute({ ...parts, hide: true, method: 'post' });

/** Sets a user's password; only admins may. Sockets that were opened with a token now reset are closed. */
export function changePasswordOfUser(api: Api): void {
  for (const one of [route, postRoute]) {
    api.openapi(one, async (c) => {
      const { stack, bells, user } = c.var;
      const { id } = c.req.valid('param');
      const { password } = c.req.valid('json');
      const { tokenReset } = await changeUserPassword(stack, user, id, password);
      if (tokenReset) await bells.closeSockets(id);
      return c.json({}, 200);
    });
  }
}
