import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { assertCsrf } from '../../auth/csrf.ts';
import { newWebhookSecret } from '../../outbound/signature.ts';
import { ATTEMPT_ERRORS } from '../../store/schema.ts';
import { rotateSecret } from '../../webhooks/rotate-secret.ts';
import { testWebhook } from '../../webhooks/test-webhook.ts';
import { updateWebhook } from '../../webhooks/update-webhook.ts';
import { listWebhookEvents } from '../../webhooks/webhook-events.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { booleanField, idParams, queryParam } from '../fields.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';
import { ringDue } from './ring-due.ts';
import { showWebhook } from './show-webhook.ts';
import { rotationBody } from './webhook-body.ts';
import {
  presentWebhookEvent,
  webhookEventSchema,
  webhookEventsQuery,
} from './webhook-event-schema.ts';
import { rotatedSecretSchema, webhookSchema } from './webhook-schema.ts';
import { webhookPolicyOf } from './webhook-policy.ts';

/** What the receiver answered, in the names of the delivery log. */
const detailSchema = z
  .object({
    status: z.int().nullable().openapi({
      description: 'Also where its answer did not come to its end; null where there was no answer.',
    }),
    error: z.enum(ATTEMPT_ERRORS).nullable().openapi({
      description: 'Why there was no answer, or not all of it.',
    }),
    latency_ms: z.int(),
    response_headers: z.record(z.string(), z.string()).nullable(),
    response_body: z.string().nullable().openapi({
      description: 'The first 16 KiB of it, unpacked. Secrets are masked.',
    }),
  })
  .partial()
  .openapi('WabaWebhookTest');

/** Beside it stands what any 400 has. */
const failedSchema = detailSchema
  .extend({ reason: z.string().openapi({ example: 'The receiver answered 500.' }) })
  .loose()
  .openapi('FailedWabaWebhookTest');

const testWabaWebhookParts = {
  path: '/api/v1/webhooks/waba/{id}/test/',
  tags: ['Webhooks'],
  description:
    'Sends the webhook a mock body, signed as a delivery is. With `detail=1` the answer says what the receiver answered, also beside the `reason` of a 400; the status stays the same with and without it.',
  request: {
    params: idParams,
    query: z.object({
      detail: queryParam(booleanField).openapi({
        description: 'Whether to show what the receiver answered.',
      }),
    }),
  },
  responses: {
    ...failures(403, 404, 409),
    200: json(detailSchema, 'The receiver answered with success. Empty without `detail`.'),
    400: json(failedSchema, 'It did not, or could not be called: `reason` says what happened.'),
  },
};

/** What is told of a test; `reason` is a sentence for the webhook's owner, null where all went well. */
type Told = { reason: string | null } & z.input<typeof detailSchema>;

const listWabaWebhookEventsAnswer = z.object({
  results: z.array(webhookEventSchema),
  next: z.url().nullable(),
  last_sequence: z.int().openapi({
    description: 'The newest event looked at: what to ask for as `after` the next time.',
  }),
});

/** What is done with a webhook: tests, pauses, another secret, what it gets. */
export function webhookActRoutes(api: Api): void {
  // Sends a webhook a mock body, signed and guarded as a delivery is. What the receiver says is judged, and
  // shown only to who asks for it: as the delivery log would show it, and to the same people.
  api.openapi(
    signedInRoute({ operationId: 'testWabaWebhook', method: 'post', ...testWabaWebhookParts }),
    async (c) => {
      const { reason, ...detail } = await test(c, c.req.valid('param'), c.req.valid('query'));
      return reason === null ? c.json(detail, 200) : c.json(failure(reason, detail), 400);
    },
  );
  // The vendor's document shows no body and leaves the method open, so some clients send a GET.
  api.openapi(signedInRoute({ hide: true, method: 'get', ...testWabaWebhookParts }), async (c) => {
    // A link on another site's page is a GET with the session's cookie: it must not make us call anybody.
    if (c.var.hasSession) await assertCsrf(c.var.stack.config, c.req.raw);
    const { reason, ...detail } = await test(c, c.req.valid('param'), c.req.valid('query'));
    return reason === null ? c.json(detail, 200) : c.json(failure(reason, detail), 400);
  });

  // Pauses a webhook: nothing is delivered, and nothing that it would have got is lost.
  api.openapi(
    signedInRoute({
      operationId: 'pauseWabaWebhook',
      method: 'post',
      path: '/api/v1/webhooks/waba/{id}/pause/',
      tags: ['Webhooks'],
      request: { params: idParams },
      responses: { 200: json(webhookSchema, 'The webhook.'), ...failures(403, 404, 409) },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const { id } = c.req.valid('param');
      const webhook = await updateWebhook(
        stack,
        user,
        id,
        { isEnabled: false },
        webhookPolicyOf(c),
      );
      return c.json(await showWebhook(c, webhook), 200);
    },
  );

  // Ends a pause, or enables what we disabled: what was missed is delivered.
  api.openapi(
    signedInRoute({
      operationId: 'resumeWabaWebhook',
      method: 'post',
      path: '/api/v1/webhooks/waba/{id}/resume/',
      tags: ['Webhooks'],
      request: { params: idParams },
      responses: { 200: json(webhookSchema, 'The webhook.'), ...failures(403, 404, 409) },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const { id } = c.req.valid('param');
      const webhook = await updateWebhook(stack, user, id, { isEnabled: true }, webhookPolicyOf(c));
      c.executionCtx.waitUntil(ringDue(c.var, id));
      return c.json(await showWebhook(c, webhook), 200);
    },
  );

  // Lists the events that a webhook gets, for a receiver that may have missed some.
  api.openapi(
    signedInRoute({
      operationId: 'listWabaWebhookEvents',
      method: 'get',
      path: '/api/v1/webhooks/waba/{id}/events/',
      tags: ['Webhooks'],
      request: { params: idParams, query: webhookEventsQuery },
      responses: {
        200: json(listWabaWebhookEventsAnswer, 'What the webhook gets, oldest first.'),
        ...failures(400, 403, 404),
      },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const { id } = c.req.valid('param');
      const page = await listWebhookEvents(stack, user, id, c.req.valid('query'), c.var.dialects);
      const body = {
        results: page.events.map(presentWebhookEvent),
        next: page.hasMore ? linkAfter(c, page.lastSeq) : null,
        last_sequence: page.lastSeq,
      };
      return c.json(body, 200);
    },
  );

  // Gives a webhook another secret; the one before signs beside it until its grace is over.
  api.openapi(
    signedInRoute({
      operationId: 'rotateWabaWebhookSecret',
      method: 'post',
      path: '/api/v1/webhooks/waba/{id}/rotate_secret/',
      tags: ['Webhooks'],
      request: { params: idParams, ...jsonBody(rotationBody) },
      responses: {
        200: json(rotatedSecretSchema, 'The secret that signs from now on.'),
        ...failures(400, 403, 404, 409),
      },
    }),
    async (c) => {
      const { grace_seconds: graceSeconds, secret = newWebhookSecret() } = c.req.valid('json');
      const { id } = c.req.valid('param');
      const { stack, user } = c.var;
      const until = await rotateSecret(stack, user, id, { secret, graceSeconds });
      c.header('Cache-Control', 'no-store');
      return c.json(
        { secret, old_secret_valid_until: until === null ? null : Math.floor(until / 1000) },
        200,
      );
    },
  );
}

/** As any error in the service's words, and what came of the request. */
function failure(reason: string, detail: object): { detail: string; reason: string } {
  return { detail: reason, reason, ...detail };
}

async function test(
  c: Context<ApiEnv>,
  { id }: { id: number },
  { detail: isDetailed = false }: { detail?: boolean | undefined },
): Promise<Told> {
  const { stack, user } = c.var;
  const { reason, answer } = await testWebhook(stack, user, id, webhookPolicyOf(c));
  if (!isDetailed) return { reason };
  return {
    reason,
    status: answer.status,
    error: answer.error,
    latency_ms: answer.latencyMs,
    response_headers: answer.headers,
    response_body: answer.body,
  };
}

function linkAfter(c: Context<ApiEnv>, sequence: number): string {
  const url = new URL(c.req.url);
  url.searchParams.set('after', String(sequence));
  return url.href;
}
