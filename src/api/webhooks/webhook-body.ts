import { z } from '@hono/zod-openapi';
import { isWebhookSecret } from '../../outbound/signature.ts';
import type { WebhookChange } from '../../webhooks/check-webhook.ts';
import type { ScheduleName } from '../../webhooks/webhook.ts';
import { shapeProblem } from '../body-as-json.ts';
import { booleanField, integerField, textField } from '../fields.ts';

export const SCHEDULE_NAMES = [
  'default',
  'short',
  'long',
] as const satisfies readonly ScheduleName[];

const url = textField({ min: 1 }).openapi({
  type: 'string',
  format: 'uri',
  maxLength: 2048,
  description: 'Where to POST. https:// is what you want; a shared secret may be in its query.',
  example: 'https://example.com/hook',
});

const headers = z.preprocess(readHeaders, z.record(z.string(), z.unknown())).openapi({
  type: 'object',
  description: 'Sent with each request. In a form: JSON text, or headers[Name]=value.',
  example: { Authorization: 'Token 1234567890qwertyuiop' },
});

const fields = z.preprocess(readFields, z.array(z.string()).nullable()).openapi({
  type: ['array', 'null'],
  items: { type: 'string' },
  description: 'Limits on_cloud_api to bodies with one of these; null takes all.',
  example: ['messages', 'statuses', 'message_template_status_update'],
});

const schedule = z.enum(SCHEDULE_NAMES).openapi({
  description:
    'How long a delivery is tried: default 13 times over about four days, short 8 times within about an hour, long 18 times over about nine days.',
});

const ordering = z.enum(['none', 'chat']).openapi({
  description:
    'chat: the events of a chat are delivered in order, one at a time. Not with on_cloud_api, whose bodies may span chats.',
});

/** More than one attempt at a time would be needed to go beyond it. */
const MAX_RATE = 1_000;

const rateLimit = z
  .preprocess(
    (value) => (value === '' ? null : value),
    integerField({ min: 1, max: MAX_RATE }).nullable(),
  )
  .openapi({
    type: ['integer', 'null'],
    minimum: 1,
    maximum: MAX_RATE,
    description: 'At most so many attempts per rate_limit_per; null for no limit.',
  });

const rateLimitPer = z.enum(['second', 'minute']).openapi({
  description: 'What rate_limit counts by; second where not given.',
});

const secret = textField()
  .refine(isWebhookSecret, 'A secret is whsec_ followed by 24 to 64 bytes in base64.')
  .optional()
  .openapi({
    description: 'Your own signing secret; one is made where none is given.',
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  });

/** Meta's has 32 characters; longer ones are other senders'. */
const APP_SECRET = /^[\u0021-\u007e]{8,256}$/;

const appSecret = z
  .preprocess(
    (value) => (value === '' ? null : value),
    textField()
      .refine((text) => APP_SECRET.test(text), 'Use 8 to 256 characters of ASCII without blanks.')
      .nullable(),
  )
  .openapi({
    type: ['string', 'null'],
    minLength: 8,
    maxLength: 256,
    description:
      "Signs the bodies of on_cloud_api as Meta's app secret does, in X-Hub-Signature-256. Never shown; left out it stays, null takes it away.",
  });

/** What a webhook is made of or replaced by (spec: createWabaWebhook, updateWabaWebhook). */
export const webhookBody = z
  .object({
    url,
    on_incoming_message: flag('Call on every new message from a customer, and on statuses.'),
    on_outgoing_message: flag('Call on every message that is sent from the inbox.'),
    on_assigned: flag("Call on new messages in chats assigned to the webhook's user."),
    on_cloud_api: flag('Call with the bodies that WhatsApp sends, unchanged but for getchat_id.'),
    on_webhook_disabled: flag(
      "Call when a webhook of yours is disabled; an admin's is called for everybody's.",
    ),
    fields: fields.optional(),
    headers: headers.optional(),
    app_secret: appSecret.optional(),
    schedule: schedule.optional(),
    ordering: ordering.optional(),
    rate_limit: rateLimit.optional(),
    rate_limit_per: rateLimitPer.optional(),
    is_enabled: flag('Whether anything is delivered; true where not given.'),
  })
  .openapi('WabaWebhookRequest');

/** What a new webhook may have besides. */
export const newWebhookBody = webhookBody.extend({ secret }).openapi('NewWabaWebhookRequest');

/** The same with everything optional: what is left out stays as it is. */
export const webhookPatchBody = webhookBody.partial().openapi('PatchedWabaWebhookRequest');

/** A week is enough to change a receiver; a secret that may be known should not sign for longer. */
const MAX_GRACE_SECONDS = 7 * 24 * 60 * 60;
const DEFAULT_GRACE_SECONDS = 24 * 60 * 60;

/** How a webhook is to get another secret. */
export const rotationBody = z
  .object({
    grace_seconds: integerField({ min: 0, max: MAX_GRACE_SECONDS })
      .default(DEFAULT_GRACE_SECONDS)
      .openapi({
        type: 'integer',
        minimum: 0,
        maximum: MAX_GRACE_SECONDS,
        description: 'For how long the secret of before signs beside the new one.',
      }),
    secret,
  })
  // A misspelt grace would leave a leaked secret valid for a day.
  .strict()
  .openapi('SecretRotationRequest');

/** Names the parts of a body as the domain does. */
export function toChange(body: z.output<typeof webhookPatchBody>): WebhookChange {
  return {
    url: body.url,
    onIncomingMessage: body.on_incoming_message,
    onOutgoingMessage: body.on_outgoing_message,
    onAssigned: body.on_assigned,
    onCloudApi: body.on_cloud_api,
    onWebhookDisabled: body.on_webhook_disabled,
    fields: body.fields,
    headers: body.headers,
    appSecret: body.app_secret,
    schedule: body.schedule,
    ordering: body.ordering,
    rateLimit: body.rate_limit,
    rateLimitPer: body.rate_limit_per,
    isEnabled: body.is_enabled,
  };
}

function flag(description: string) {
  return booleanField.optional().openapi({ description });
}

/** A form has no objects and no null: JSON text stands for the one, an empty text for nothing. */
function readHeaders(value: unknown): unknown {
  if (value === null || value === '') return {};
  return parsed(value);
}

function readFields(value: unknown): unknown {
  if (value === '') return null;
  const list = parsed(value);
  return typeof list === 'string' ? [list] : list;
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    const json: unknown = JSON.parse(value);
    return shapeProblem(json) === undefined ? json : value;
  } catch {
    return value;
  }
}
