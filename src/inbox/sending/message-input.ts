import { z } from 'zod';
import { invalidField } from '../../error.ts';
import { isRecord, type JsonRecord } from '../../waba/json-record.ts';
import { newPayload } from '../../waba/message-body.ts';
import { hasNationalZero, NO_LEADING_ZERO, parseRecipient } from '../../waba/recipient.ts';
import { withoutForeignKeys } from './foreign-keys.ts';
import { MESSAGE_CONTENT, type MessageType } from './message-content.ts';
import { characters, flag } from './message-fields.ts';

/** A message that somebody wants to send. */
export interface NewMessage {
  /** A phone number in digits, a business-scoped user id, or the id of a group. */
  chat: string;
  /** What the caller says that it goes to; undefined where they do not. */
  recipientType?: 'individual' | 'group' | undefined;
  type: string;
  /** What stands under the type's name. */
  content: unknown;
  /** The message it replies to: WhatsApp's id or ours. */
  repliesTo: string | undefined;
  /** The caller's own `biz_opaque_callback_data`. */
  callbackData: string | undefined;
}

/** WhatsApp's limit of `biz_opaque_callback_data`. */
const MAX_CALLBACK_DATA = 512;

export const NO_RECIPIENT =
  'Enter a phone number in digits with its country code, or a user id like US.123.';

const recipient = z.union([z.string(), z.int()]).transform((waId, context) => {
  const chat = parseRecipient(String(waId)) ?? readGroupId(String(waId));
  if (chat !== undefined) return chat;
  const problem = hasNationalZero(String(waId)) ? NO_LEADING_ZERO : NO_RECIPIENT;
  context.addIssue({ code: 'custom', message: problem, input: waId });
  return z.NEVER;
});

/**
 * The id of a group is any text of WhatsApp's (Groups API, some forty characters); whether it is one of ours
 * is looked up where the message is taken in. A number that is wrong has no letter, and a name nothing else.
 */
function readGroupId(waId: string): string | undefined {
  const isText = /^[^\s\p{C}]{1,128}$/u.test(waId) && /[a-z]/i.test(waId);
  return isText && (waId.length >= 8 || /[^a-z]/i.test(waId)) ? waId : undefined;
}

/** What all messages have in common. Anything else, `verify_contact` say, is let pass and not looked at. */
const common = z.object({
  wa_id: recipient,
  recipient_type: z.enum(['individual', 'group']).nullish(),
  context: z.looseObject({ message_id: characters(128).optional() }).nullish(),
  biz_opaque_callback_data: characters(MAX_CALLBACK_DATA, 0).nullish(),
});

function message<Type extends MessageType>(type: Type) {
  const own: Record<string, z.ZodType> = { [type]: MESSAGE_CONTENT[type] };
  return z.object({ type: z.literal(type), ...own });
}

const NO_HSM = 'WhatsApp no longer takes this type. Use "template" instead.';

/** On-Prem's templates, which WhatsApp took out of its API. */
const hsm = z.object({ type: z.literal('hsm') }).superRefine((_body, context) => {
  context.addIssue({ code: 'custom', path: ['hsm'], message: NO_HSM });
});

/** What a message has of its own: `type` says which object it must carry. */
const ofOneType = z.discriminatedUnion('type', [
  // The On-Prem API had `preview_url` beside the text.
  message('text').extend({ preview_url: flag.nullish() }),
  message('image'),
  message('audio'),
  message('video'),
  message('document'),
  message('sticker'),
  message('location'),
  message('contacts'),
  message('template'),
  message('interactive'),
  message('reaction'),
  hsm,
]);

/** The document's own example of a request has a text and no type (spec: Making requests). */
function withType(body: unknown): unknown {
  return isRecord(body) && !('type' in body) && 'text' in body ? { ...body, type: 'text' } : body;
}

/** The body of createMessage. What is wrong is told of both halves: neither hides the other's. */
export const messageInput = common.and(z.preprocess(withType, ofOneType));

/** Reads a checked body as the message that it asks for. Throws `invalid` for a type without content. */
export function newMessageOf(input: z.output<typeof messageInput>): NewMessage {
  if (input.type === 'hsm') throw invalidField('hsm', NO_HSM);
  const { type, wa_id: chat, context, biz_opaque_callback_data: callbackData } = input;
  const recipientType = input.recipient_type ?? undefined;
  const content = withoutForeignKeys(type, Reflect.get(input, type));
  return {
    chat,
    ...(recipientType === undefined ? {} : { recipientType }),
    type,
    content: type === 'text' ? withPreview(content, input.preview_url) : content,
    repliesTo: context?.message_id,
    callbackData: callbackData ?? undefined,
  };
}

function withPreview(content: unknown, previewUrl: unknown): unknown {
  if (!isRecord(content) || typeof previewUrl !== 'boolean') return content;
  return { preview_url: previewUrl, ...content };
}

/** The message as it is kept; `chat` is what its chat is called. */
export function payloadFor(
  chat: string,
  { type, content, repliesTo, recipientType }: NewMessage,
): JsonRecord {
  // A reaction names its message itself; WhatsApp refuses one with a context.
  const reference = type === 'reaction' ? undefined : repliesTo;
  const payload = newPayload(chat, type, content, reference);
  return recipientType === 'group' ? { ...payload, recipient_type: 'group' } : payload;
}
