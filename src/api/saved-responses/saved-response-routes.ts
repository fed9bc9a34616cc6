import { z } from '@hono/zod-openapi';
import {
  createSavedResponse as create,
  listSavedResponses,
  deleteSavedResponse as remove,
} from '../../inbox/saved-responses/saved-responses.ts';
import type { Api } from '../api-env.ts';
import { idParams, queryParam, textField } from '../fields.ts';
import { page, pageQuery, pageSchema } from '../pagination.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';

/** What WhatsApp takes as the text of a message: a longer response could not be sent. */
const MAX_CHARACTERS = 4_096;

/** What a saved response is made of. */
const newSavedResponseSchema = z
  .object({ text: textField({ min: 1, max: MAX_CHARACTERS }) })
  .openapi('NewSavedResponse');

/** A saved response in an answer. */
const savedResponseSchema = z
  .object({
    id: z.int(),
    text: z.string(),
    created_by: z.string().openapi({ description: 'A username.' }),
    timestamp: z.int().openapi({ description: 'Seconds.' }),
  })
  .openapi('SavedResponse');

/** Texts to answer with. */
export function savedResponseRoutes(api: Api): void {
  // Lists the saved responses, of everyone for everyone.
  api.openapi(
    signedInRoute({
      operationId: 'listSavedResponses',
      method: 'get',
      path: '/api/v1/saved_responses/',
      tags: ['Saved Responses'],
      request: { query: pageQuery.extend({ text: queryParam(textField()) }) },
      responses: {
        200: json(pageSchema(savedResponseSchema), 'The saved responses, oldest first.'),
        ...failures(400, 403),
      },
    }),
    async (c) => {
      const { text, limit, offset } = c.req.valid('query');
      const { count, responses } = await listSavedResponses(c.var.stack.db, text, {
        limit,
        offset,
      });
      return c.json(page(c, { count, results: responses, limit, offset }), 200);
    },
  );

  // Saves a text for everyone.
  api.openapi(
    signedInRoute({
      operationId: 'createSavedResponse',
      method: 'post',
      path: '/api/v1/saved_responses/',
      tags: ['Saved Responses'],
      request: jsonBody(newSavedResponseSchema),
      responses: { 201: json(savedResponseSchema, 'It is saved.'), ...failures(400, 403, 409) },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const { text } = c.req.valid('json');
      return c.json(await create(stack.db, user, text, Date.now()), 201);
    },
  );

  // Deletes a saved response.
  api.openapi(
    signedInRoute({
      operationId: 'deleteSavedResponse',
      method: 'delete',
      path: '/api/v1/saved_responses/{id}/',
      tags: ['Saved Responses'],
      summary: 'Deletes a saved response of yours; admins may delete all.',
      request: { params: idParams },
      responses: { 204: { description: 'It is deleted.' }, ...failures(403, 404) },
    }),
    async (c) => {
      await remove(c.var.stack.db, c.var.user, c.req.valid('param').id);
      return c.body(null, 204);
    },
  );
}
