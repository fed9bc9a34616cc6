import { createRoute, z } from '@hono/zod-openapi';
import { createUser } from '../../inbox/users/create-user.ts';
import { presentUser } from '../../inbox/users/present-user.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { newUserSchema } from './new-user-schema.ts';
import { userSchema } from './user-schema.ts';

const createdUserSchema = userSchema
  .extend({ activation_url: z.url().openapi({ description: 'Told only here, and good once.' }) })
  .openapi('CreatedUser');

const route = createRoute({
  operationId: 'createNewUser',
  method: 'post',
  path: '/api/v1/users/',
  tags: ['Users'],
  request: jsonBody(newUserSchema),
  responses: {
    201: json(createdUserSchema, 'The user, inactive yet.'),
    ...failures(400, 403),
  },
});

/** Makes a user; only admins may. */
export function createNewUser(api: Api): void {
  api.openapi(route, async (c) => {
    const body = c.req.valid('json');
    const { user, activationCode } = await createUser(c.var.stack, c.var.user, {
      username: body.username,
      firstName: body.first_name,
      lastName: body.last_name,
      email: body.email,
      role: body.profile?.role,
      canUseTags: body.permissions?.can_use_tags,
      canReadChats: body.permissions?.can_read_chats,
      canWriteToChats: body.permissions?.can_write_to_chats,
    });
    const baseUrl = baseUrlOf(c);
    const activation_url = `${baseUrl}/activate/${activationCode}/`;
    return c.json({ ...presentUser(user, baseUrl), activation_url }, 201);
  });
}
