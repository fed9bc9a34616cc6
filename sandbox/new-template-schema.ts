import { z } from 'zod';
import { INVALID_VALUE, MISSING, WEB_URL, characters, distinct } from './schema-fields.ts';

/** `{{1}}` or `{{name}}`. */
const VARIABLE = /\{\{\s*(?:\d+|[a-z][a-z0-9_]*)\s*\}\}/;

/** Text with variables needs an example of them, or the review would not know what it is to be. */
function withExample(component: { text?: string | undefined; example?: object | undefined }) {
  return !VARIABLE.test(component.text ?? '') || component.example !== undefined;
}

const NEEDS_EXAMPLE = { message: 'needs an example for its variables', params: MISSING };

const EXAMPLE = z.looseObject({}).optional();

const HEADER = z
  .strictObject({
    type: z.literal('HEADER'),
    format: z.enum(['TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION']),
    text: characters(60).optional(),
    example: EXAMPLE,
  })
  .refine(withExample, NEEDS_EXAMPLE)
  .refine((header) => header.format !== 'TEXT' || header.text !== undefined, {
    message: 'needs a text',
    params: MISSING,
  });

const BODY = z
  .strictObject({
    type: z.literal('BODY'),
    text: characters(1_024).optional(),
    example: EXAMPLE,
    add_security_recommendation: z.boolean().optional(),
  })
  .refine(withExample, NEEDS_EXAMPLE);

const FOOTER = z.strictObject({
  type: z.literal('FOOTER'),
  text: characters(60).optional(),
  code_expiration_minutes: z.int().min(1).max(90).optional(),
});

const BUTTON = z
  .looseObject({
    type: z.enum([
      'QUICK_REPLY',
      'URL',
      'PHONE_NUMBER',
      'COPY_CODE',
      'OTP',
      'FLOW',
      'MPM',
      'CATALOG',
      'VOICE_CALL',
    ]),
    text: characters(25).optional(),
    url: WEB_URL.optional(),
  })
  .refine((button) => button.type !== 'URL' || button.url !== undefined, {
    message: 'needs a url',
    params: MISSING,
  });

const BUTTONS = z.strictObject({
  type: z.literal('BUTTONS'),
  buttons: z.array(BUTTON).min(1).max(10),
});

/** Newer components pass with whatever they have. */
const OTHER = z.looseObject({
  type: z.enum(['CAROUSEL', 'LIMITED_TIME_OFFER', 'CALL_PERMISSION_REQUEST']),
});

const COMPONENT = z.discriminatedUnion('type', [HEADER, BODY, FOOTER, BUTTONS, OTHER]);

/** A template that the business wants to have, by the rules of Meta's document. */
export const NEW_TEMPLATE = z
  .strictObject({
    name: z.string().refine((name) => /^[a-z0-9_]{1,512}$/.test(name), {
      message: 'must be small letters, digits and _',
      params: INVALID_VALUE,
    }),
    language: z.string().refine((code) => /^[a-z]{2,3}(?:_[A-Za-z]{2,4})?$/.test(code), {
      message: 'must be a language code like en or en_US',
      params: INVALID_VALUE,
    }),
    category: z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION']),
    components: z
      .array(COMPONENT)
      .refine((components) => distinct(components.map(({ type }) => type)), {
        message: 'may have each type once',
        params: INVALID_VALUE,
      })
      .refine((components) => components.some(({ type }) => type === 'BODY'), {
        message: 'needs a BODY',
        params: MISSING,
      }),
    allow_category_change: z.boolean().optional(),
    message_send_ttl_seconds: z.int().min(-1).optional(),
    cta_url_link_tracking_opted_out: z.boolean().optional(),
    sub_category: z.enum(['ORDER_DETAILS', 'ORDER_STATUS']).optional(),
    parameter_format: z.enum(['NAMED', 'POSITIONAL', 'named', 'positional']).optional(),
  })
  .refine(hasBodyText, {
    message: 'needs a text in its BODY',
    path: ['components'],
    params: MISSING,
  });

/** WhatsApp words the body of an authentication template itself. */
function hasBodyText(template: {
  category: string;
  components: readonly { type: string; text?: unknown }[];
}): boolean {
  if (template.category === 'AUTHENTICATION') return true;
  return template.components.some(({ type, text }) => type === 'BODY' && text !== undefined);
}
