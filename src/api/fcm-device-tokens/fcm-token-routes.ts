import { z } from '@hono/zod-openapi';
import type { User } from '../../auth/user.ts';
import {
  deregisterFcmToken,
  type FcmToken,
  listFcmTokens,
  registerFcmToken,
  updateFcmToken,
} from '../../inbox/push/fcm-tokens.ts';
import { presentUser } from '../../inbox/users/present-user.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { idParams, queryParam, textField } from '../fields.ts';
import { page, pageQuery, pageSchema } from '../pagination.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';
import { userSchema } from '../users/user-schema.ts';

/** Firebase promises no length; what it gives out has less than two hundred characters. */
const MAX_CHARACTERS = 4_096;

/** What a device is registered with. */
const newFcmTokenSchema = z
  .object({ token: textField({ min: 1, max: MAX_CHARACTERS }) })
  .openapi('NewFcmDeviceToken');

/** A device in an answer. */
const fcmTokenSchema = z
  .object({ id: z.int(), token: z.string(), user: userSchema, last_seen: z.iso.datetime() })
  .openapi('FcmDeviceToken');

/** The devices that push messages go to. */
export function fcmTokenRoutes(api: Api): void {
  // Lists the caller's own devices.
  api.openapi(
    signedInRoute({
      operationId: 'listFcmDeviceTokens',
      method: 'get',
      path: '/api/v1/fcm_device_tokens/',
      tags: ['Firebase CM device tokens'],
      request: { query: pageQuery.extend({ token: queryParam(textField()) }) },
      responses: { 200: json(pageSchema(fcmTokenSchema), 'Your devices.'), ...failures(400, 403) },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const { token, limit, offset } = c.req.valid('query');
      const { count, tokens } = await listFcmTokens(stack.db, user, token, { limit, offset });
      const results = tokens.map((one) => presentFcmToken(one, user, baseUrlOf(c)));
      return c.json(page(c, { count, results, limit, offset }), 200);
    },
  );

  // Registers a device of the caller's.
  api.openapi(
    signedInRoute({
      operationId: 'registerFcmDeviceToken',
      method: 'post',
      path: '/api/v1/fcm_device_tokens/',
      tags: ['Firebase CM device tokens'],
      summary: 'Registers a device of yours, or again, which Firebase recommends once a month.',
      request: jsonBody(newFcmTokenSchema),
      responses: { 201: json(fcmTokenSchema, 'It gets push messages.'), ...failures(400, 403) },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const { token } = c.req.valid('json');
      const registered = await registerFcmToken(stack.db, user, token, Date.now());
      return c.json(presentFcmToken(registered, user, baseUrlOf(c)), 201);
    },
  );

  // Replaces the token of a device of the caller's.
  api.openapi(
    signedInRoute({
      operationId: 'updateFcmDeviceToken',
      method: 'put',
      path: '/api/v1/fcm_device_tokens/{id}/',
      tags: ['Firebase CM device tokens'],
      summary: 'Gives a device of yours another token.',
      request: { params: idParams, ...jsonBody(newFcmTokenSchema) },
      responses: { 200: json(fcmTokenSchema, 'The device.'), ...failures(400, 403, 404) },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const change = { id: c.req.valid('param').id, token: c.req.valid('json').token };
      const updated = await updateFcmToken(stack.db, user, change, Date.now());
      return c.json(presentFcmToken(updated, user, baseUrlOf(c)), 200);
    },
  );

  // Stops a device of the caller's from getting push messages.
  api.openapi(
    signedInRoute({
      operationId: 'deregisterFcmDeviceToken',
      method: 'delete',
      path: '/api/v1/fcm_device_tokens/{id}/',
      tags: ['Firebase CM device tokens'],
      request: { params: idParams },
      responses: { 204: { description: 'It gets no push messages.' }, ...failures(403, 404) },
    }),
    async (c) => {
      await deregisterFcmToken(c.var.stack.db, c.var.user, c.req.valid('param').id);
      return c.body(null, 204);
    },
  );
}

/** A device of `user` as the API shows it. */
function presentFcmToken({ id, token, last_seen }: FcmToken, user: User, baseUrl: string) {
  const lastSeen = new Date(last_seen).toISOString();
  return { id, token, user: presentUser(user, baseUrl), last_seen: lastSeen };
}
