import { z } from 'zod';
import { Problem } from './answer.ts';
import { USER_ID, type Customer } from './customer.ts';
import { secondsText } from './envelope.ts';
import type { JsonObject } from './json-object.ts';

const MEDIA = z.looseObject({ id: z.string().optional() }).default({});

/** What the known types must carry under their own name. Other types pass with whatever they have. */
const CONTENT = new Map<string, z.ZodType>([
  ['text', z.looseObject({ body: z.string() })],
  ['image', MEDIA],
  ['audio', MEDIA],
  ['video', MEDIA],
  ['document', MEDIA],
  ['sticker', MEDIA],
  ['location', z.looseObject({ latitude: z.number(), longitude: z.number() })],
  ['contacts', z.array(z.looseObject({})).min(1)],
  ['button', z.looseObject({ payload: z.string(), text: z.string() })],
  ['interactive', z.looseObject({ type: z.string() })],
  ['reaction', z.looseObject({ message_id: z.string(), emoji: z.string().optional() })],
  ['order', z.looseObject({ catalog_id: z.string(), product_items: z.array(z.unknown()) })],
]);

const SETTINGS = {
  name: z.string().optional(),
  username: z.string().optional(),
  user_id: z.string().regex(USER_ID).optional(),
  media_base64: z.base64().optional(),
  mime_type: z.string().optional(),
};

const REQUEST = z.looseObject({
  ...SETTINGS,
  type: z.string().min(1).optional(),
  text: z.union([z.string(), z.looseObject({})]).optional(),
});

/** What WhatsApp gives in place of a message it has no type for. */
const UNSUPPORTED = {
  errors: [
    {
      code: 131051,
      title: 'Message type unknown',
      message: 'Message type unknown',
      error_data: { details: 'Message type is currently not supported.' },
    },
  ],
};

/** What a phone is asked to send: settings of the request, and the message without its addresses. */
export type Draft = {
  name?: string | undefined;
  username?: string | undefined;
  userId?: string | undefined;
  mediaBase64?: string | undefined;
  mimeType?: string | undefined;
  type: string;
  /** What stands under the type's name; undefined for types without any. */
  content: unknown;
  /** Everything else of the message: context, referral, errors … */
  rest: JsonObject;
};

/** Reads the body of POST /customers/{wa_id}/messages. Throws Problem 400 saying what is wrong. */
export function readDraft(body: unknown): Draft {
  const { name, username, user_id, media_base64, mime_type, ...message } = parse(REQUEST, body, '');
  for (const key of ['id', 'from', 'timestamp']) {
    if (key in message) throw new Problem(400, `${key} is made by the sandbox, leave it out`);
  }
  const settings = {
    name,
    username,
    userId: user_id,
    mediaBase64: media_base64,
    mimeType: mime_type,
  };
  if (typeof message.text === 'string') {
    const { text, type: _, ...rest } = message;
    return { ...settings, type: 'text', content: { body: text }, rest };
  }
  const { type, ...others } = message;
  if (type === undefined) throw new Problem(400, 'Give {"text":"…"} or a message with its type');
  const { [type]: given, ...rest } = others;
  const schema = CONTENT.get(type);
  const content = schema ? parse(schema, given, type) : given;
  return { ...settings, type, content, rest: type === 'unsupported' ? unsupported(rest) : rest };
}

/** The `contacts` and `messages` of the webhook that reports a draft; `atMs` since 1970. */
export function inboundItems(
  customer: Customer,
  draft: Draft,
  sent: { wamid: string; atMs: number; name: string },
): JsonObject {
  const userId = customer.userId ?? draft.userId;
  const username = draft.username === undefined ? {} : { username: draft.username };
  const contact = {
    profile: { name: sent.name, ...username },
    ...(customer.waId === undefined ? {} : { wa_id: customer.waId }),
    ...(userId === undefined ? {} : { user_id: userId }),
  };
  const { context, ...rest } = draft.rest;
  const message = {
    ...(context === undefined ? {} : { context }),
    ...(customer.waId === undefined ? {} : { from: customer.waId }),
    ...(userId === undefined ? {} : { from_user_id: userId }),
    id: sent.wamid,
    timestamp: secondsText(sent.atMs),
    type: draft.type,
    ...(draft.content === undefined ? {} : { [draft.type]: draft.content }),
    ...rest,
  };
  return { contacts: [contact], messages: [message] };
}

function unsupported(rest: JsonObject): JsonObject {
  return { ...UNSUPPORTED, ...rest };
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, at: string) {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = [at, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  throw new Problem(400, `${path || 'The body'}: ${issue?.message ?? 'not valid'}`);
}
