import type { Context } from 'hono';
import { ownHost } from '../../outbound/own-host.ts';
import { splitCredentials } from '../../outbound/url-credentials.ts';
import { guardUrl, type UrlPolicy } from '../../outbound/url-guard.ts';
import { checkHeaders } from '../../outbound/allowed-headers.ts';
import type { WebhookChecks } from '../../webhooks/check-webhook.ts';
import type { ApiEnv } from '../api-env.ts';

/** The checks that a webhook's URL and headers must pass before they are stored. */
export function webhookChecksOf(c: Context<ApiEnv>): WebhookChecks {
  const policy = urlPolicyOf(c);
  const { dialects } = c.var;
  return { url: (text) => checkUrl(text, policy), headers: checkHeaders, dialects };
}

/** Where webhooks may point: not at us, by the name of this request or the configured one. */
export function urlPolicyOf(c: Context<ApiEnv>): UrlPolicy {
  const { allowPrivateTargets, publicUrl } = c.var.stack.config;
  const ownUrls = publicUrl === undefined ? [c.req.url] : [c.req.url, publicUrl];
  return { allowPrivate: allowPrivateTargets, ownHosts: ownUrls.map(ownHost) };
}

function checkUrl(text: string, policy: UrlPolicy): ReturnType<WebhookChecks['url']> {
  const split = splitCredentials(text);
  if (!split.ok) return split;
  const guarded = guardUrl(split.kept, policy);
  return guarded.ok ? split : guarded;
}
