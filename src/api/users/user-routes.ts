import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { activationMail } from '../../inbox/notifications/activation-mail.ts';
import { activationUrl } from '../../inbox/users/activate-user.ts';
import { changeAvailability } from '../../inbox/users/change-availability.ts';
import { changeMyPassword, changeUserPassword } from '../../inbox/users/change-password.ts';
import { createUser } from '../../inbox/users/create-user.ts';
import { type ApiUser, presentUser } from '../../inbox/users/present-user.ts';
import { updateUser } from '../../inbox/users/update-user.ts';
import { retrieveUser as findUser, listUsers } from '../../inbox/users/users.ts';
import { logError } from '../../log.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { booleanField, idParams } from '../fields.ts';
import { keepSession } from '../keep-session.ts';
import { mailerFor } from '../notifications/mail.ts';
import { page, pageQuery, pageSchema } from '../pagination.ts';
import { ringEvents } from '../ring-events.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';
import {
  newUserSchema,
  toChanges,
  userChangesSchema,
  userSchema,
  wholeUserSchema,
} from './user-schema.ts';

/** A password as it was typed: spaces around it belong to it. */
const passwordField = z.string().min(1);

const createdUserSchema = userSchema
  .extend({ activation_url: z.url().openapi({ description: 'Told only here, and good once.' }) })
  .openapi('CreatedUser');

const bodySchema = z.object({ current_password: passwordField, new_password: passwordField });

const myPasswordParts = {
  path: '/api/v1/users/password/change/',
  tags: ['Users'],
  summary: 'Sets your own password; your token stays as it is, your other sessions end.',
  request: jsonBody(bodySchema),
  responses: { 200: json(z.object({}), 'It is changed.'), ...failures(400, 403, 429) },
};

const myPasswordRoute = signedInRoute({
  ...myPasswordParts,
  operationId: 'changeMyPassword',
  method: 'put',
});

/** The service's document names no method. */
const postMyPasswordRoute = signedInRoute({ ...myPasswordParts, hide: true, method: 'post' });

const userPasswordParts = {
  path: '/api/v1/users/{id}/password/change/',
  tags: ['Users'],
  summary: "Sets a user's password, as an admin; somebody else's token is reset with it.",
  request: { params: idParams, ...jsonBody(z.object({ password: passwordField })) },
  responses: { 200: json(z.object({}), 'It is changed.'), ...failures(400, 403, 404, 429) },
};

const userPasswordRoute = signedInRoute({
  ...userPasswordParts,
  operationId: 'changeUserPassword',
  method: 'put',
});

/** The service's document names no method. */
const postUserPasswordRoute = signedInRoute({ ...userPasswordParts, hide: true, method: 'post' });

/** Users. */
export function userRoutes(api: Api): void {
  // Lists the users of the inbox.
  api.openapi(
    signedInRoute({
      operationId: 'listUsers',
      method: 'get',
      path: '/api/v1/users/',
      tags: ['Users'],
      request: { query: pageQuery },
      responses: { 200: json(pageSchema(userSchema), 'The users, by id.'), ...failures(403) },
    }),
    async (c) => {
      const { limit, offset } = c.req.valid('query');
      const { count, users } = await listUsers(c.var.stack.db, { limit, offset });
      const results = users.map((user) => presentUser(user, baseUrlOf(c)));
      return c.json(page(c, { count, results, limit, offset }), 200);
    },
  );

  // Makes a user; only admins may.
  api.openapi(
    signedInRoute({
      operationId: 'createNewUser',
      method: 'post',
      path: '/api/v1/users/',
      tags: ['Users'],
      request: jsonBody(newUserSchema),
      responses: {
        201: json(createdUserSchema, 'The user, inactive yet.'),
        ...failures(400, 403),
      },
    }),
    async (c) => {
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
    },
  );

  // Tells callers who they are.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveCurrentUser',
      method: 'get',
      path: '/api/v1/users/current/',
      tags: ['Users'],
      responses: { 200: json(userSchema, 'Who you are.'), ...failures(403) },
    }),
    (c) => c.json(presentUser(c.var.user, baseUrlOf(c)), 200),
  );

  // Sets the caller's own password, for whoever knows the current one.
  for (const one of [myPasswordRoute, postMyPasswordRoute]) {
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

  // Shows one user.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveUser',
      method: 'get',
      path: '/api/v1/users/{id}/',
      tags: ['Users'],
      request: { params: idParams },
      responses: { 200: json(userSchema, 'The user.'), ...failures(403, 404) },
    }),
    async (c) => {
      const user = await findUser(c.var.stack.db, c.req.valid('param').id);
      return c.json(presentUser(user, baseUrlOf(c)), 200);
    },
  );

  // Sets a user's password; only admins may. Sockets that were opened with a token now reset are closed.
  for (const one of [userPasswordRoute, postUserPasswordRoute]) {
    api.openapi(one, async (c) => {
      const { stack, bells, user } = c.var;
      const { id } = c.req.valid('param');
      const { password } = c.req.valid('json');
      const { tokenReset } = await changeUserPassword(stack, user, id, password);
      if (tokenReset) await bells.closeSockets(id);
      return c.json({}, 200);
    });
  }

  // Changes a user.
  api.openapi(
    signedInRoute({
      operationId: 'updateUser',
      method: 'put',
      path: '/api/v1/users/{id}/',
      tags: ['Users'],
      summary: 'Changes a user: admins all of everyone, others their own names and e-mail address.',
      request: { params: idParams, ...jsonBody(wholeUserSchema) },
      responses: { 200: json(userSchema, 'The user as it is now.'), ...failures(400, 403, 404) },
    }),
    async (c) => c.json(await changeUser(c, c.req.valid('param').id, c.req.valid('json')), 200),
  );

  // Changes what is said of a user.
  api.openapi(
    signedInRoute({
      operationId: 'partialUpdateUser',
      method: 'patch',
      path: '/api/v1/users/{id}/',
      tags: ['Users'],
      summary:
        'Changes some of a user: admins all of everyone, others their own names and e-mail address.',
      request: { params: idParams, ...jsonBody(userChangesSchema) },
      responses: { 200: json(userSchema, 'The user as it is now.'), ...failures(400, 403, 404) },
    }),
    async (c) => c.json(await changeUser(c, c.req.valid('param').id, c.req.valid('json')), 200),
  );

  // Changes whether a user is available.
  api.openapi(
    signedInRoute({
      operationId: 'updateUserAvailability',
      method: 'patch',
      path: '/api/v1/users/{id}/availability',
      tags: ['Users'],
      summary:
        'Says whether chats may be given to a user now: of yourself, or as an admin of everyone.',
      request: { params: idParams, ...jsonBody(z.object({ is_available: booleanField })) },
      responses: {
        200: json(
          z.object({ is_available: z.boolean() }).openapi('Availability'),
          'How it is now.',
        ),
        ...failures(400, 403, 404),
      },
    }),
    async (c) => {
      const { is_available } = c.req.valid('json');
      await setAvailability(c, c.req.valid('param').id, is_available);
      return c.json({ is_available }, 200);
    },
  );
}

/** Changes a user as a checked body asks for, and returns how they are then. */
async function changeUser(
  c: Context<ApiEnv>,
  id: number,
  body: z.output<typeof userChangesSchema>,
): Promise<ApiUser> {
  const { stack, bells, user: actor } = c.var;
  const { user, isDeactivated } = await updateUser(stack.db, actor, id, toChanges(body));
  if (isDeactivated) await bells.closeSockets(id);
  const isAvailable = body.profile?.is_available ?? user.isAvailable;
  if (isAvailable !== user.isAvailable) await setAvailability(c, id, isAvailable);
  return presentUser({ ...user, isAvailable }, baseUrlOf(c));
}

/** Says whether chats may be given to a user now, and tells of it where that is news. */
async function setAvailability(
  c: Context<ApiEnv>,
  id: number,
  isAvailable: boolean,
): Promise<void> {
  const { stack, user } = c.var;
  const circumstances = { now: Date.now(), baseUrl: baseUrlOf(c) };
  ringEvents(c, await changeAvailability(stack.db, user, id, isAvailable, circumstances));
}
