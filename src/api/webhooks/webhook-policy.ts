import type { Context } from 'hono';
import { urlPolicyOf } from '../../outbound/url-guard.ts';
import type { WebhookPolicy } from '../../webhooks/check-webhook.ts';
import type { ApiEnv } from '../api-env.ts';

/** Where webhooks may point, not at us by the name of this request either, and which dialects there are. */
export function webhookPolicyOf(c: Context<ApiEnv>): WebhookPolicy {
  const { stack, dialects } = c.var;
  return { ...urlPolicyOf(stack.config, c.req.url), dialects };
}
