import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { assertCsrf } from '../../auth/csrf.ts';
import { attempt, type Attempt } from '../../outbound/attempt.ts';
import { shownAnswer } from '../../delivery/attempt-record.ts';
import { CHANGED_MARK, signatureHeaders, withSignatures } from '../../outbound/meta-signature.ts';
import { judge } from '../../outbound/outcome.ts';
import type { UrlPolicy } from '../../outbound/url-guard.ts';
import { findTarget, type WebhookTarget } from '../../webhooks/find-target.ts';
import { sampleBody } from '../../webhooks/sample-body.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { ATTEMPT_ERRORS } from '../../store/schema.ts';
import { booleanField, idParams } from '../fields.ts';
import { queryParam } from '../query-param.ts';
import { failures, json } from '../route-parts.ts';
import { urlPolicyOf } from './webhook-policy.ts';

/** Someone is waiting for the answer: less than a delivery may take. */
const TEST_DEADLINE_MS = 10_000;

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

const parts = {
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
    ...failures(403, 404),
    200: json(detailSchema, 'The receiver answered with success. Empty without `detail`.'),
    400: json(failedSchema, 'It did not, or could not be called: `reason` says what happened.'),
  },
};

const route = createRoute({ operationId: 'testWabaWebhook', method: 'post', ...parts });

/** The vendor's document shows no body and leaves the method open, so some clients send a GET. */
const getRoute = createRoute({ hide: true, method: 'get', ...parts });

/**
 * Sends a webhook a mock body, signed and guarded as a delivery is. What the receiver says is judged, and
 * shown only to who asks for it: as the delivery log would show it, and to the same people.
 */
export function testWabaWebhook(api: Api): void {
  api.openapi(route, async (c) => {
    const { reason, ...detail } = await test(c, c.req.valid('param'), c.req.valid('query'));
    return reason === null ? c.json(detail, 200) : c.json(failure(reason, detail), 400);
  });
  api.openapi(getRoute, async (c) => {
    // A link on another site's page is a GET with the session's cookie: it must not make us call anybody.
    if (c.var.hasSession) await assertCsrf(c.var.stack.config, c.req.raw);
    const { reason, ...detail } = await test(c, c.req.valid('param'), c.req.valid('query'));
    return reason === null ? c.json(detail, 200) : c.json(failure(reason, detail), 400);
  });
}

/** What is told of a test; `reason` is a sentence for the webhook's owner, null where all went well. */
type Told = { reason: string | null } & z.input<typeof detailSchema>;

/** As any error in the service's words, and what came of the request. */
function failure(reason: string, detail: object): { detail: string; reason: string } {
  return { detail: reason, reason, ...detail };
}

async function test(
  c: Context<ApiEnv>,
  { id }: { id: number },
  { detail: isDetailed = false }: { detail?: boolean | undefined },
): Promise<Told> {
  const target = await findTarget(c.var.stack, c.var.user, id);
  const { metaAppSecret } = c.var.stack.config;
  const tried = await sendSample(target, metaAppSecret, urlPolicyOf(c));
  const outcome = judge(tried.response);
  const reason = outcome.verdict === 'delivered' ? null : outcome.reason;
  if (!isDetailed) return { reason };
  const secrets = [...target.secrets, target.appSecret, metaAppSecret].filter(
    (secret) => typeof secret === 'string',
  );
  const shown = shownAnswer(tried, [...secrets, ...Object.values(target.headers)]);
  return {
    reason,
    status: shown.status,
    error: shown.error,
    latency_ms: shown.latencyMs,
    response_headers: shown.headers,
    response_body: shown.body,
  };
}

async function sendSample(
  target: WebhookTarget,
  metaAppSecret: string | undefined,
  policy: UrlPolicy,
): Promise<Attempt> {
  const id = crypto.randomUUID();
  const sample = sampleBody(target, id, Math.floor(Date.now() / 1000));
  const body = new TextEncoder().encode(JSON.stringify(sample));
  const appSecrets = { own: target.appSecret, ofStack: metaAppSecret };
  // Nobody but us has made it: it is signed as a body that we have changed.
  const signatures = target.onCloudApi
    ? signatureHeaders({ [CHANGED_MARK]: '1' }, body, appSecrets)
    : {};
  const request = {
    url: target.url,
    headers: withSignatures(target.headers, signatures),
    secrets: target.secrets,
    id: `test_${id}`,
    body,
  };
  return attempt(request, { ...policy, deadlineMs: TEST_DEADLINE_MS });
}
