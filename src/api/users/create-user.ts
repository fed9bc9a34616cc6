import { createRoute, z } from '@hono/zod-openapi';
import { activationMail } from '../../inbox/notifications/activation-mail.ts';
import { activationUrl } from '../../inbox/users/activation-code.ts';
import { createUser } from '../../inbox/users/create-user.ts';
import { presentUser } from '../../inbox/users/present-user.ts';
import { logError } from '../../log.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { mailerFor } from '../notifications/mail.ts';
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
    const mailer = mailerFor(c);
    if (mailer !== undefined && user.email !== '') {
      const mail = activationMail(user, activationUrl(baseUrlOf(c), activationCode));
      // The caller has the link, too: an e-mail that is not sent fails nothing.
      const sent = mailer.send(mail).catch((error: unknown) => {
        logError('email_failed', error, { stack: c.var.stack.config.name, user: user.id });
      });
      c.executionCtx.waitUntil(sent);
    }
    const baseUrl = baseUrlOf(c);
    const activation_url = activationUrl(baseUrl, activationCode);
    return c.json({ ...presentUser(user, baseUrl), activation_url }, 201);
  });
}
