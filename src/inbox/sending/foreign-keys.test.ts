import { describe, expect, it } from 'vitest';
import { withoutForeignKeys } from './foreign-keys.ts';
import { MESSAGE_CONTENT } from './message-content.ts';
import { messageInput, newMessageOf } from './message-input.ts';

const LINK = 'https://files.example/a';
const LANGUAGE = { policy: 'deterministic', code: 'en' };

/** What WhatsApp told of a file, sent back with it. */
const SHOWN = {
  link: LINK,
  id: '1290837465',
  mime_type: 'image/jpeg',
  sha256: 'q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq80=',
  file_size: 12,
  url: 'https://lookaside.fbsbx.com/x',
  file: '/usr/local/wamedia/x',
  animated: false,
};

describe('what a client posts', () => {
  it.each([
    ['image', { link: LINK, mime_type: 'image/png' }, { link: LINK }],
    ['video', { link: LINK, mime_type: 'video/mp4', caption: 'c' }, { link: LINK, caption: 'c' }],
    ['audio', { link: LINK, mime_type: 'audio/ogg' }, { link: LINK }],
    [
      'document',
      { link: LINK, mime_type: 'application/pdf', filename: 'a.pdf' },
      { link: LINK, filename: 'a.pdf' },
    ],
    ['sticker', { link: LINK, mime_type: 'image/webp' }, { link: LINK }],
    ['image', { ...SHOWN, caption: 'c', filename: 'a.jpg' }, { link: LINK, caption: 'c' }],
    ['video', { ...SHOWN, caption: '' }, { link: LINK }],
    [
      'audio',
      { ...SHOWN, voice: true, caption: 'c', filename: 'a.ogg' },
      { link: LINK, voice: true },
    ],
    ['document', { ...SHOWN, filename: '' }, { link: LINK }],
    ['sticker', { ...SHOWN, caption: 'c' }, { link: LINK }],
    ['image', { id: '77', mime_type: 'image/png' }, { id: '77' }],
    [
      'template',
      { namespace: 'n', name: 'hello', language: LANGUAGE },
      { name: 'hello', language: LANGUAGE },
    ],
    [
      'template',
      {
        name: 'hello',
        language: LANGUAGE,
        components: [{ type: 'header', parameters: [{ type: 'image', image: SHOWN }] }],
      },
      {
        name: 'hello',
        language: LANGUAGE,
        components: [{ type: 'header', parameters: [{ type: 'image', image: { link: LINK } }] }],
      },
    ],
    [
      'interactive',
      {
        type: 'button',
        header: { type: 'document', document: { ...SHOWN, filename: 'a.pdf' } },
        body: { text: 'b' },
        action: { buttons: [{ type: 'reply', reply: { id: '1', title: 't' } }] },
      },
      {
        type: 'button',
        header: { type: 'document', document: { link: LINK, filename: 'a.pdf' } },
        body: { text: 'b' },
        action: { buttons: [{ type: 'reply', reply: { id: '1', title: 't' } }] },
      },
    ],
    [
      'location',
      { latitude: 1, longitude: 2, name: 'n', url: LINK },
      { latitude: 1, longitude: 2, name: 'n' },
    ],
    ['contacts', [{ name: { formatted_name: 'A' }, ims: [] }], [{ name: { formatted_name: 'A' } }]],
    ['text', { body: 'b', preview_url: true }, { body: 'b', preview_url: true }],
    ['reaction', { message_id: 'wamid.A', emoji: '👍' }, { message_id: 'wamid.A', emoji: '👍' }],
  ])('as %s, %j, is sent as WhatsApp takes it', (type, posted, sent) => {
    const body = { wa_id: '48123456789', type, verify_contact: false, [type]: posted };
    const { content } = newMessageOf(messageInput.parse(body));
    expect(content).toEqual(sent);
  });

  it('keeps the keys that nobody knows yet: WhatsApp has them first', () => {
    for (const type of Object.keys(MESSAGE_CONTENT))
      expect(withoutForeignKeys(type, { brand_new: { link: LINK } })).toEqual({
        brand_new: { link: LINK },
      });
  });
});
