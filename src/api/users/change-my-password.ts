import { createRoute, z } from '@hono/zod-openapi';
import { changeMyPassword } from '../../inbox/users/change-password.ts';
import type { Api } from '../api-env.ts';
import { keepSession } from '../keep-session.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { passwordField } from './password-field.ts';

const bodySchema = z.object({ current_password: passwordField, new_password: passwordField });

const parts = {
  path: '/api/v1/users/password/change/',
  tags: ['Users'],
  summary: 'Sets your own password; your token stays as it is, your other sessions end.',
  request: jsonBody(bodySchema),
  responses: { 200: json(z.object({}), 'It is changed.'), ...failures(400, 403, 429) },
};

const route = createRoute({ ...parts, operationId: 'changeMyPassword', method: 'put' });

/** The service's document names no method. */
const postRoute = createRoute({ ...parts, hide: true, method: 'post' });

/** Sets the caller's own password, for whoever knows the current one. */
export function changePasswordOfMine(api: Api): void {
  for (const one of [route, postRoute]) {
    api.openapi(one, async (c) => {
      const body = c.req.valid('json');
      await changeMyPassword(c.var.stack, c.var.user, {
        currentPassword: body.current_password,
        newPassword: body.new_password,
      });
      await keepSession(c);
      return c.json({}, 200);
    });
  }
}
