import { createRoute, z } from '@hono/zod-openapi';
import { acceptMessage } from '../../inbox/sending/accept-message.ts';
import { readKey } from '../../inbox/sending/idempotency.ts';
import { messageInput, newMessageOf } from '../../inbox/sending/message-input.ts';
import { logError } from '../../log.ts';
import type { Api } from '../api-env.ts';
import { originOf } from '../base-url.ts';
import { failures, json, jsonBody } from '../route-parts.ts';

/** The service's own sentence: some clients show it. */
const REASON =
  'Message is saved and will be sent as soon as other messages currently pending for this user are delivered.';

const acceptedSchema = z
  .object({
    reason: z.string(),
    id: z.uuid().openapi({ description: 'Our id, the getchat_id of statuses.' }),
  })
  .openapi('AcceptedMessage');

const headers = z.object({
  'idempotency-key': z.string().optional().openapi({
    description:
      'Makes the call safe to repeat for 24 hours: the same key and body give the same answer.',
    maxLength: 255,
  }),
});

const route = createRoute({
  operationId: 'createMessage',
  method: 'post',
  path: '/api/v1/messages/',
  tags: ['Messages'],
  request: { headers, ...jsonBody(messageInput) },
  responses: {
    202: json(acceptedSchema, 'The message is stored and will be sent.'),
    ...failures(400, 403, 409, 413, 453),
  },
});

/** Takes a message to be sent. What WhatsApp makes of it comes over webhooks and websockets. */
export function createMessage(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user, bells } = c.var;
    const { id } = await acceptMessage(stack, user, newMessageOf(c.req.valid('json')), {
      idempotencyKey: readKey(c.req.valid('header')['idempotency-key']),
      origin: originOf(c),
      now: Date.now(),
    });
    // The Stack object finds the message by itself where this bell is lost.
    const rung = bells.outbox().catch((error: unknown) => {
      logError('outbox_bell_failed', error, { stack: stack.config.name });
    });
    c.executionCtx.waitUntil(rung);
    return c.json({ reason: REASON, id }, 202);
  });
}
