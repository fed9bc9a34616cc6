import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { isRecord } from '../../waba/json-record.ts';
import { knownWebhooks } from '../../webhooks/find-webhooks.ts';
import type { Webhook } from '../../webhooks/webhook.ts';
import type { ApiEnv } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { newWebhookBody, webhookBody } from './webhook-body.ts';
import { presentWebhook, webhookSchema } from './webhook-schema.ts';

/** What clients send back of an answer, without meaning to change it. */
const READ_ONLY: ReadonlySet<string> = new Set(Object.keys(webhookSchema.shape));

/** So many names, of so many characters each, are named in a warning. */
const MAX_NAMED = 5;
const SHOWN_NAME_LENGTH = 64;

/** Answers a webhook; `warnings` are of the request and come before its own. */
export async function showWebhook(
  c: Context<ApiEnv>,
  webhook: Webhook,
  warnings: readonly string[] = [],
): Promise<z.input<typeof webhookSchema>> {
  const known = await knownWebhooks(c.var.stack, c.var.user);
  const shown = presentWebhook(webhook, baseUrlOf(c), known);
  return { ...shown, warnings: [...warnings, ...shown.warnings] };
}

/** Says in sentences what of a request's body was not made use of: a name may be misspelt. */
export async function bodyWarnings(c: Context<ApiEnv>, isNew: boolean): Promise<string[]> {
  const body: unknown = await c.req.json();
  if (!isRecord(body)) return [];
  const taken = isNew ? newWebhookBody.shape : webhookBody.shape;
  const unknown = Object.keys(body).filter((name) => !Object.hasOwn(taken, name));
  const nobodys = unknown.filter((name) => name !== 'secret' && !READ_ONLY.has(name));
  const names = nobodys
    .slice(0, MAX_NAMED)
    .map((name) => JSON.stringify(name.slice(0, SHOWN_NAME_LENGTH)));
  return [
    ...(unknown.includes('secret')
      ? ['secret was left as it is: it is changed by rotate_secret/.']
      : []),
    ...(names.length === 0
      ? []
      : [`The body has fields that nobody knows, which were not used: ${names.join(', ')}.`]),
  ];
}
