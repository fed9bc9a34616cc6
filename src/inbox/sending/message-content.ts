import { z } from 'zod';
import { interactiveContent } from './interactive-content.ts';
import { characters, decimalWithin, flag, media } from './message-fields.ts';

/** WhatsApp's limits (Cloud API reference, Messages). */
const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;
const MAX_CONTACTS = 257;
const MAX_MESSAGE_ID = 128;

const contact = z.looseObject({ name: z.looseObject({ formatted_name: characters(1024) }) });

const template = z.looseObject({
  name: characters(512),
  language: z.looseObject({ code: characters(20) }),
  components: z.array(z.looseObject({ type: z.string() })).optional(),
});

/**
 * What a message of each type carries under the type's name. Keys that are not named here pass
 * through: WhatsApp has new ones before we know of them. Those that it refuses are in foreign-keys.ts.
 */
export const MESSAGE_CONTENT = {
  text: z.looseObject({ body: characters(MAX_TEXT), preview_url: flag.optional() }),
  image: media(MAX_CAPTION),
  audio: media(MAX_CAPTION),
  video: media(MAX_CAPTION),
  document: media(MAX_CAPTION),
  sticker: media(MAX_CAPTION),
  location: z.looseObject({
    latitude: decimalWithin(-90, 90),
    longitude: decimalWithin(-180, 180),
    name: characters(1000, 0).optional(),
    address: characters(1000, 0).optional(),
  }),
  contacts: z.array(contact).min(1).max(MAX_CONTACTS),
  template,
  interactive: interactiveContent,
  reaction: z.looseObject({
    message_id: characters(MAX_MESSAGE_ID),
    // An empty one takes the reaction back.
    emoji: z.string(),
  }),
};

export type MessageType = keyof typeof MESSAGE_CONTENT;
