import { describe, expect, it } from 'vitest';
import type { JsonObject } from './json-object.ts';
import { errorOf, INVALID, message, MISSING } from './messages.test-support.ts';
import { messageError } from './validate-message.ts';

const CONTACT = { name: { formatted_name: 'A B', first_name: 'A' } };
const EMOJI = '\u{1F600}';
const TEXT = { body: 'hi' };

function template(more: JsonObject = {}): JsonObject {
  return message('template', { name: 'order_update', language: { code: 'en_US' }, ...more });
}

function component(type: string, ...parameters: JsonObject[]): JsonObject {
  return { components: [{ type, parameters }] };
}

const accepted: [string, JsonObject][] = [
  ['a text', message('text', { body: 'hi', preview_url: true })],
  ['a text of 4,096 characters', message('text', { body: 'x'.repeat(4_096) })],
  ['4,096 emoji, which are one character each', message('text', { body: EMOJI.repeat(4_096) })],
  ['recipient_type individual', message('text', TEXT, { recipient_type: 'individual' })],
  ['a group', message('text', TEXT, { recipient_type: 'group', to: 'Y2FwaQ==' })],
  ['a reply', message('text', TEXT, { context: { message_id: 'wamid.x' } })],
  [
    '512 characters of callback data',
    message('text', TEXT, { biz_opaque_callback_data: 'x'.repeat(512) }),
  ],
  ['an uploaded image', message('image', { id: 'uploaded', caption: 'x'.repeat(1_024) })],
  ['a linked video', message('video', { link: 'http://example.com/v.mp4', caption: 'v' })],
  ['a document', message('document', { id: 'uploaded', filename: 'a.pdf', caption: 'd' })],
  ['a voice note', message('audio', { id: 'uploaded', voice: true })],
  ['a sticker', message('sticker', { link: 'https://example.com/s.webp' })],
  ['a location', message('location', { latitude: -90, longitude: 180, name: 'n', address: 'a' })],
  [
    '257 contacts',
    message(
      'contacts',
      Array.from({ length: 257 }, () => CONTACT),
    ),
  ],
  ['a reaction', message('reaction', { message_id: 'wamid.x', emoji: EMOJI })],
  ['a removed reaction', message('reaction', { message_id: 'wamid.x', emoji: '' })],
  ['a template', template({ language: { code: 'en', policy: 'deterministic' } })],
  ['a template with parameters', template(component('body', { type: 'text', text: 'x' }))],
  [
    'a template with an uploaded header',
    template(component('header', { type: 'image', image: { id: 'uploaded' } })),
  ],
  [
    'a template with a button',
    template({
      components: [
        {
          type: 'button',
          sub_type: 'quick_reply',
          index: '0',
          parameters: [{ type: 'payload', payload: 'p' }],
        },
      ],
    }),
  ],
  ['members WhatsApp does not know beside its own', message('text', TEXT, { category: 'x' })],
];

describe('WhatsApp accepts', () => {
  it.each(accepted)('%s', (_, body) => {
    expect(errorOf(body)).toBeUndefined();
  });

  it('a message to a business-scoped user id', () => {
    const { to: _, ...rest } = message('text', TEXT);
    expect(errorOf({ ...rest, recipient: 'US.13491208655302741918' })).toBeUndefined();
    expect(errorOf({ ...rest, recipient: 'US.ENT.11815799212886844830' })).toBeUndefined();
  });
});

const refused: [string, JsonObject, code: number, details: string][] = [
  ['no messaging_product', { to: '16505551234', type: 'text', text: TEXT }, MISSING, 'product'],
  ['another product', message('text', TEXT, { messaging_product: 'sms' }), 100, '{whatsapp}'],
  ['no recipient', message('text', TEXT, { to: undefined }), MISSING, 'to is required'],
  ['a number with a plus', message('text', TEXT, { to: '+16505551234' }), INVALID, 'digits'],
  ['a number that is no string', message('text', TEXT, { to: 16505551234 }), 100, 'string'],
  ['a number too short', message('text', TEXT, { to: '1650' }), INVALID, 'digits'],
  [
    'a user id in the wrong form',
    message('text', TEXT, { to: undefined, recipient: '134912' }),
    INVALID,
    'user id',
  ],
  ['a user id as number', message('text', TEXT, { to: 'US.134912' }), INVALID, 'digits'],
  ['an unknown recipient_type', message('text', TEXT, { recipient_type: 'x' }), 100, 'individual'],
  ['no type', message('text', TEXT, { type: undefined }), MISSING, 'type is required'],
  ['an unknown type', message('hologram', {}), 100, 'type must be one of {text, image'],
  ['no object for its type', message('text', undefined), MISSING, 'text is required'],
  ['an object that is a list', message('text', []), 100, 'object'],
  ['a text without body', message('text', {}), MISSING, "text['body'] is required"],
  ['an empty text', message('text', { body: '' }), 100, '1 to 4096'],
  ['a text of 4,097 characters', message('text', { body: 'x'.repeat(4_097) }), 100, '4096'],
  [
    'an unknown member of the text',
    message('text', { ...TEXT, getchat_id: 'x' }),
    100,
    'Unexpected key "getchat_id" on param "text".',
  ],
  [
    'a long caption',
    message('image', { id: 'uploaded', caption: 'x'.repeat(1_025) }),
    100,
    "image['caption']",
  ],
  ['an image from nowhere', message('image', { caption: 'x' }), MISSING, 'an id or a link'],
  ['media nobody uploaded', message('image', { id: '123' }), INVALID, 'Media ID 123'],
  ['a link by ftp', message('image', { link: 'ftp://example.com/x' }), INVALID, 'http or https'],
  ['a link that is none', message('image', { link: 'x.png' }), INVALID, 'http or https'],
  ['a sticker with caption', message('sticker', { id: 'uploaded', caption: 'x' }), 100, 'caption'],
  ['audio with caption', message('audio', { id: 'uploaded', caption: 'x' }), 100, 'caption'],
  ['an image with filename', message('image', { id: 'uploaded', filename: 'x' }), 100, 'filename'],
  [
    'a latitude in a string',
    message('location', { latitude: '1', longitude: 2 }),
    100,
    "location['latitude']",
  ],
  ['no longitude', message('location', { latitude: 1 }), MISSING, "location['longitude']"],
  ['a latitude of 91', message('location', { latitude: 91, longitude: 2 }), INVALID, 'latitude'],
  ['no contacts', message('contacts', []), INVALID, 'contacts'],
  [
    '258 contacts',
    message(
      'contacts',
      Array.from({ length: 258 }, () => CONTACT),
    ),
    INVALID,
    'contacts',
  ],
  [
    'a contact without formatted_name',
    message('contacts', [{ name: { first_name: 'A' } }]),
    MISSING,
    "contacts['0']['name']['formatted_name']",
  ],
  ['a reaction to nothing', message('reaction', { emoji: EMOJI }), MISSING, 'message_id'],
  [
    'a reaction to an id of our own',
    message('reaction', { message_id: 'b3c1', emoji: EMOJI }),
    INVALID,
    'WhatsApp message',
  ],
  [
    'a reaction with context',
    message(
      'reaction',
      { message_id: 'wamid.x', emoji: EMOJI },
      { context: { message_id: 'wamid.x' } },
    ),
    INVALID,
    'reaction',
  ],
  ['a reply to nothing', message('text', TEXT, { context: {} }), MISSING, 'message_id'],
  [
    'a reply to an id of 129 characters',
    message('text', TEXT, { context: { message_id: `wamid.${'x'.repeat(123)}` } }),
    INVALID,
    "context['message_id']",
  ],
  [
    '513 characters of callback data',
    message('text', TEXT, { biz_opaque_callback_data: 'x'.repeat(513) }),
    100,
    '512',
  ],
  ['a template without name', template({ name: undefined }), MISSING, 'name'],
  ['a template name with capitals', template({ name: 'Order' }), INVALID, 'template name'],
  ['a template without language', template({ language: undefined }), MISSING, 'language'],
  ['a language as it is written', template({ language: 'en_US' }), 100, 'language'],
  ['a language in words', template({ language: { code: 'english' } }), INVALID, 'language code'],
  ['an unknown template part', template(component('tail')), INVALID, 'header, body, button'],
  [
    'a template text without text',
    template(component('body', { type: 'text' })),
    MISSING,
    "['parameters']['0']['text']",
  ],
  [
    'a template header nobody uploaded',
    template(component('header', { type: 'image', image: { id: '123' } })),
    INVALID,
    'Media ID 123',
  ],
  ['a template button without place', template(component('button')), MISSING, 'sub_type'],
];

describe('WhatsApp refuses', () => {
  it.each(refused)('%s', (_, body, code, details) => {
    expect(errorOf(body)).toEqual([code, expect.stringContaining(details)]);
  });
});

it('words an error with code 100 in its message, and other codes beside it', () => {
  const long = messageError(message('text', { body: '' }), () => true);
  expect(JSON.parse(String(long?.body))).toMatchObject({
    error: {
      message: "(#100) Param text['body'] must be 1 to 4096 characters long.",
      type: 'OAuthException',
      code: 100,
      fbtrace_id: expect.any(String),
    },
  });
  const missing = messageError(message('text', {}), () => true);
  expect(JSON.parse(String(missing?.body))).toMatchObject({
    error: {
      message: '(#131008) Required parameter is missing',
      code: 131008,
      error_data: {
        messaging_product: 'whatsapp',
        details: "Parameter text['body'] is required",
      },
    },
  });
});
