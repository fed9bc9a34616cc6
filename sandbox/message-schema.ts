import { z } from 'zod';
import { PHONE_NUMBER, USER_ID } from './customer.ts';
import { INTERACTIVE } from './interactive-schema.ts';
import { INVALID_VALUE, WAMID, characters, media } from './schema-fields.ts';
import { TEMPLATE } from './template-schema.ts';

const MAX_CONTACTS = 257;

const CONTACT = z.looseObject({
  name: z.looseObject({ formatted_name: characters(1_024) }),
  phones: z.array(z.looseObject({})).optional(),
  emails: z.array(z.looseObject({})).optional(),
  addresses: z.array(z.looseObject({})).optional(),
  urls: z.array(z.looseObject({})).optional(),
  org: z.looseObject({}).optional(),
  birthday: z.iso.date().optional(),
});

/** What each type of message must carry under its own name. */
export const CONTENT = {
  text: z.strictObject({ body: characters(4_096), preview_url: z.boolean().optional() }),
  image: media({ caption: characters(1_024).optional() }),
  video: media({ caption: characters(1_024).optional() }),
  document: media({ caption: characters(1_024).optional(), filename: z.string().optional() }),
  audio: media({ voice: z.boolean().optional() }),
  sticker: media({}),
  location: z.strictObject({
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    name: characters(1_000, 0).optional(),
    address: characters(1_000, 0).optional(),
  }),
  contacts: z.array(CONTACT).min(1).max(MAX_CONTACTS),
  reaction: z.strictObject({ message_id: WAMID, emoji: z.string() }),
  template: TEMPLATE,
  interactive: INTERACTIVE,
};

const PHONE_RECIPIENT = z.string().refine((to) => PHONE_NUMBER.test(to), {
  message: 'must be a phone number in digits with its country code',
  params: INVALID_VALUE,
});

const USER_RECIPIENT = z.string().refine((to) => USER_ID.test(to), {
  message: 'must be a business-scoped user id',
  params: INVALID_VALUE,
});

const COMMON = {
  messaging_product: z.literal('whatsapp'),
  type: z.enum(Object.keys(CONTENT)),
  context: z.strictObject({ message_id: WAMID }).optional(),
  biz_opaque_callback_data: characters(512, 0).optional(),
};

/** What messages to one person have in common; `recipient` is only looked at without a `to`. */
export const TO_PERSON = z.looseObject({
  recipient_type: z.literal('individual').optional(),
  to: PHONE_RECIPIENT,
  ...COMMON,
});

/** The same for a person known only by a business-scoped user id. */
export const TO_USER_ID = z.looseObject({
  recipient_type: z.literal('individual').optional(),
  recipient: USER_RECIPIENT,
  ...COMMON,
});

/** The same for a group, whose id is any short string. */
export const TO_GROUP = z.looseObject({
  recipient_type: z.literal('group'),
  to: characters(128),
  ...COMMON,
});

/** The call that marks a message as read, with or without the typing indicator. */
export const READ_MARK = z.looseObject({
  messaging_product: z.literal('whatsapp'),
  status: z.literal('read'),
  message_id: WAMID,
  typing_indicator: z.strictObject({ type: z.literal('text') }).optional(),
});
