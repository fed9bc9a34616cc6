import { z } from '@hono/zod-openapi';
import {
  type DeadLetter,
  forgetDeadLetter,
  listDeadLetters,
} from '../../webhooks/dead-letters/dead-letter.ts';
import {
  retryDeadLetter,
  retryDeadLetters,
} from '../../webhooks/dead-letters/retry-dead-letters.ts';
import { ringAgain } from '../../webhooks/dead-letters/ring-again.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { longPage, pageQuery, pageSchema } from '../pagination.ts';
import { failures, json, signedInRoute } from '../route-parts.ts';

/** A dead letter in an answer. */
const deadLetterSchema = z
  .object({
    id: z.int(),
    kind: z.enum(['event', 'webhook', 'media', 'replay', 'push', 'refresh']),
    reference: z.union([z.int(), z.string()]).openapi({
      description: 'A sequence number, or the id of a webhook, a file or a replay.',
    }),
    error: z.string().openapi({ description: 'What failed the last time, without any contents.' }),
    created_at: z.int().openapi({ description: 'Seconds; when it was put aside first.' }),
  })
  .openapi('DeadLetter');

const retryDeadLettersAnswer = z.object({
  retried: z.int().openapi({ description: 'At most 100, the oldest.' }),
  has_more: z.boolean().openapi({ description: 'Whether there are more: then ask again.' }),
});

/** Doorbells that no lane could work off. */
export function deadLetterRoutes(api: Api): void {
  // Lists the dead letters; only admins may see them.
  api.openapi(
    signedInRoute({
      operationId: 'listDeadLetters',
      method: 'get',
      path: '/api/v1/dead_letters/',
      tags: ['Dead letters'],
      summary: "What we failed on time and again: our own faults, never a receiver's.",
      request: { query: pageQuery },
      responses: {
        200: json(pageSchema(deadLetterSchema), 'The dead letters, newest first.'),
        ...failures(403),
      },
    }),
    async (c) => {
      const { limit, offset } = c.req.valid('query');
      const list = await listDeadLetters(c.var.stack.db, c.var.user, { limit, offset });
      const items = list.items.map(presentDeadLetter);
      return c.json(longPage(c, { ...list, items }, { limit, offset }), 200);
    },
  );

  // Drives all dead letters again, a hundred at a call.
  api.openapi(
    signedInRoute({
      operationId: 'retryDeadLetters',
      method: 'post',
      path: '/api/v1/dead_letters/retry/',
      tags: ['Dead letters'],
      responses: {
        200: json(retryDeadLettersAnswer, 'They are on their way again.'),
        ...failures(403),
      },
    }),
    async (c) => {
      const { stack, bells, user } = c.var;
      const { doorbells, hasMore } = await retryDeadLetters(stack.db, user);
      c.executionCtx.waitUntil(ringAgain(bells, doorbells, stack.config.name));
      return c.json({ retried: doorbells.length, has_more: hasMore }, 200);
    },
  );

  // Drives a dead letter again.
  api.openapi(
    signedInRoute({
      operationId: 'retryDeadLetter',
      method: 'post',
      path: '/api/v1/dead_letters/{id}/retry/',
      tags: ['Dead letters'],
      request: { params: idParams },
      responses: {
        200: json(
          z.object({}),
          'It is on its way again; where that fails it is back, with another id.',
        ),
        ...failures(403, 404),
      },
    }),
    async (c) => {
      const { stack, bells, user } = c.var;
      const { doorbells } = await retryDeadLetter(stack.db, user, c.req.valid('param').id);
      c.executionCtx.waitUntil(ringAgain(bells, doorbells, stack.config.name));
      return c.json({}, 200);
    },
  );

  // Forgets a dead letter.
  api.openapi(
    signedInRoute({
      operationId: 'deleteDeadLetter',
      method: 'delete',
      path: '/api/v1/dead_letters/{id}/',
      tags: ['Dead letters'],
      request: { params: idParams },
      responses: {
        204: { description: 'Forgotten; an event that it was about is not delivered.' },
        ...failures(403, 404),
      },
    }),
    async (c) => {
      await forgetDeadLetter(c.var.stack.db, c.var.user, c.req.valid('param').id);
      return c.body(null, 204);
    },
  );
}

/** Makes the answer's form of a dead letter. */
function presentDeadLetter(letter: DeadLetter): z.infer<typeof deadLetterSchema> {
  const { id, kind, reference, error, createdAt } = letter;
  return { id, kind, reference, error, created_at: Math.floor(createdAt / 1000) };
}
