import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { assertCsrf } from '../../auth/csrf.ts';
import { attempt } from '../../delivery/attempt.ts';
import { CHANGED_MARK, signatureHeaders, withSignatures } from '../../delivery/meta-signature.ts';
import { judge } from '../../delivery/outcome.ts';
import type { UrlPolicy } from '../../delivery/url-guard.ts';
import { WaypostError } from '../../error.ts';
import { findTarget, type WebhookTarget } from '../../inbox/webhooks/find-target.ts';
import { sampleBody } from '../../inbox/webhooks/sample-body.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json } from '../route-parts.ts';
import { urlPolicyOf } from './webhook-policy.ts';

/** Someone is waiting for the answer: less than a delivery may take. */
const TEST_DEADLINE_MS = 10_000;

const parts = {
  path: '/api/v1/webhooks/waba/{id}/test/',
  tags: ['Webhooks'],
  request: { params: idParams },
  responses: {
    200: json(z.object({}), 'The receiver answered with success.'),
    ...failures(400, 403, 404),
  },
};

const route = createRoute({ operationId: 'testWabaWebhook', method: 'post', ...parts });

/** The vendor's document shows no body and leaves the method open, so some clients send a GET. */
const getRoute = createRoute({ hide: true, method: 'get', ...parts });

/**
 * Sends a webhook a mock body, signed and guarded as a delivery is. What the receiver says is judged
 * and never shown: the caller must not read through us what they could not reach.
 */
export function testWabaWebhook(api: Api): void {
  api.openapi(route, async (c) => {
    await test(c, c.req.valid('param').id);
    return c.json({}, 200);
  });
  api.openapi(getRoute, async (c) => {
    // A link on another site's page is a GET with the session's cookie: it must not make us call anybody.
    if (c.var.hasSession) await assertCsrf(c.var.stack.config, c.req.raw);
    await test(c, c.req.valid('param').id);
    return c.json({}, 200);
  });
}

async function test(c: Context<ApiEnv>, id: number): Promise<void> {
  const target = await findTarget(c.var.stack, c.var.user, id);
  await sendSample(target, c.var.stack.config.metaAppSecret, urlPolicyOf(c));
}

/** Throws `invalid` with what was wrong, in a sentence for the webhook's owner. */
async function sendSample(
  target: WebhookTarget,
  metaAppSecret: string | undefined,
  policy: UrlPolicy,
): Promise<void> {
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
  const { response } = await attempt(request, { ...policy, deadlineMs: TEST_DEADLINE_MS });
  const outcome = judge(response);
  if (outcome.verdict !== 'delivered') throw new WaypostError('invalid', outcome.reason);
}
