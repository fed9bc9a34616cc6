import { describe, expect, it } from 'vitest';
import { messageInput, newMessageOf } from './message-input.ts';

const LINK = { link: 'https://files.example/a.png' };

function bodyOf(type: string, content: unknown, more: object = {}): object {
  return { wa_id: '48123123123', type, [type]: content, ...more };
}

/** Where the problems are, as `text.body`; empty where there are none. */
function problemsAt(body: unknown): string[] {
  const result = messageInput.safeParse(body);
  return result.error?.issues.map((issue) => issue.path.join('.')) ?? [];
}

function read(body: unknown) {
  return newMessageOf(messageInput.parse(body));
}

function button(id: string, title = 'Yes'): object {
  return { type: 'reply', reply: { id, title } };
}

function interactive(type: string, action: object, more: object = {}): object {
  return bodyOf('interactive', { type, body: { text: 'Choose' }, action, ...more });
}

function list(...sections: object[]): object {
  return interactive('list', { button: 'Open', sections });
}

function rows(count: number): object[] {
  return Array.from({ length: count }, (_, i) => ({ id: String(i), title: 'Row' }));
}

const CONTACT = { name: { formatted_name: 'Ada Lovelace' } };

describe('a message without a type', () => {
  it('is a text where it has one (spec: Making requests)', () => {
    const text = { body: 'Hello!' };
    expect(read({ wa_id: '48123456789', text })).toMatchObject({ type: 'text', content: text });
  });

  it.each([{}, { image: LINK }, { type: null, text: { body: 'x' } }])(
    'has to say it otherwise: %j',
    (body) => {
      expect(problemsAt({ wa_id: '48123456789', ...body })).toEqual(['type']);
    },
  );
});

describe('a message', () => {
  it.each([
    bodyOf('text', { body: 'hi', preview_url: true }),
    bodyOf('text', { body: '👍'.repeat(4096) }),
    bodyOf('image', { ...LINK, caption: 'x'.repeat(1024) }),
    bodyOf('image', { id: '777' }),
    bodyOf('audio', { ...LINK, voice: true }),
    bodyOf('video', LINK),
    bodyOf('document', { ...LINK, filename: 'a.pdf', caption: '' }),
    bodyOf('sticker', { id: '777' }),
    bodyOf('location', { latitude: 52.2, longitude: 21, name: 'Warsaw' }),
    bodyOf('location', { latitude: '52.2', longitude: '-21' }),
    bodyOf('contacts', [{ ...CONTACT, phones: [{ phone: '+48 1' }] }]),
    bodyOf('template', { namespace: 'x', name: 'n', language: { code: 'en', policy: 'd' } }),
    bodyOf('reaction', { message_id: 'wamid.A', emoji: '👍' }),
    bodyOf('reaction', { message_id: 'wamid.A', emoji: '' }),
    interactive('button', { buttons: [button('1'), button('2'), button('3')] }),
    list({ title: 'A', rows: rows(4) }, { title: 'B', rows: rows(6) }),
    interactive('cta_url', {
      name: 'cta_url',
      parameters: { display_text: 'Go', url: 'https://x.example' },
    }),
    interactive('flow', { name: 'flow', parameters: { flow_id: '1', flow_cta: 'Start' } }),
    interactive('location_request_message', { name: 'send_location' }),
    interactive('carousel', { cards: [] }),
    bodyOf('text', { body: 'hi' }, { verify_contact: true, recipient_type: 'individual' }),
    bodyOf('text', { body: 'hi' }, { context: null, biz_opaque_callback_data: null }),
  ])('may be %j', (body) => {
    expect(problemsAt(body)).toEqual([]);
  });

  it.each([
    [{}, 'type'],
    [{ wa_id: '48123123123', type: 'carrier pigeon' }, 'type'],
    [{ wa_id: '48123123123', type: 'text' }, 'text'],
    [{ type: 'text', text: { body: 'hi' } }, 'wa_id'],
    [bodyOf('text', { body: 'hi' }, { wa_id: 'nobody' }), 'wa_id'],
    [bodyOf('text', {}), 'text.body'],
    [bodyOf('text', { body: '' }), 'text.body'],
    [bodyOf('text', { body: 5 }), 'text.body'],
    [bodyOf('text', { body: 'a\0b' }), 'text.body'],
    [bodyOf('text', { body: 'x'.repeat(4097) }), 'text.body'],
    [bodyOf('text', { body: '👍'.repeat(4097) }), 'text.body'],
    [bodyOf('text', { body: 'hi', preview_url: 'perhaps' }), 'text.preview_url'],
    [bodyOf('text', { body: 'hi' }, { context: { message_id: 5 } }), 'context.message_id'],
    [
      bodyOf('text', { body: 'hi' }, { biz_opaque_callback_data: 'x'.repeat(513) }),
      'biz_opaque_callback_data',
    ],
    [bodyOf('image', {}), 'image.link'],
    [bodyOf('image', { link: 'nonsense' }), 'image.link'],
    [bodyOf('image', { link: 'ftp://files.example/a' }), 'image.link'],
    [bodyOf('image', { ...LINK, caption: 'x'.repeat(1025) }), 'image.caption'],
    [bodyOf('location', { latitude: 91, longitude: 0 }), 'location.latitude'],
    [bodyOf('location', { latitude: 'north', longitude: 0 }), 'location.latitude'],
    [bodyOf('location', { latitude: 1 }), 'location.longitude'],
    [bodyOf('contacts', []), 'contacts'],
    [
      bodyOf(
        'contacts',
        Array.from({ length: 258 }, () => CONTACT),
      ),
      'contacts',
    ],
    [bodyOf('contacts', [{ name: {} }]), 'contacts.0.name.formatted_name'],
    [bodyOf('template', { language: { code: 'en' } }), 'template.name'],
    [bodyOf('template', { name: 'n' }), 'template.language'],
    [bodyOf('reaction', { message_id: 'wamid.A' }), 'reaction.emoji'],
    [bodyOf('interactive', { body: { text: 'x' } }), 'interactive.type'],
    [bodyOf('interactive', { type: 'carousel' }), 'interactive.action'],
    [interactive('button', { buttons: [] }), 'interactive.action.buttons'],
    [
      interactive('button', { buttons: ['1', '2', '3', '4'].map((id) => button(id)) }),
      'interactive.action.buttons',
    ],
    [
      interactive('button', { buttons: [button('1', 'x'.repeat(21))] }),
      'interactive.action.buttons.0.reply.title',
    ],
    [
      interactive('button', { buttons: [button('x'.repeat(257))] }),
      'interactive.action.buttons.0.reply.id',
    ],
    [
      interactive('button', { buttons: [button('1')] }, { footer: { text: 'x'.repeat(61) } }),
      'interactive.footer.text',
    ],
    [
      interactive('button', { buttons: [button('1')] }, { body: { text: 'x'.repeat(1025) } }),
      'interactive.body.text',
    ],
    [list({ rows: rows(11) }), 'interactive.action.sections'],
    [list(), 'interactive.action.sections'],
    [
      list({ rows: [{ id: '1', title: 'x'.repeat(25) }] }),
      'interactive.action.sections.0.rows.0.title',
    ],
    [
      list({ rows: [{ id: '1', title: 'x', description: 'x'.repeat(73) }] }),
      'interactive.action.sections.0.rows.0.description',
    ],
    [{ type: 'hsm', wa_id: '48123123123', hsm: {} }, 'hsm'],
  ])('may not be %j', (body, path) => {
    expect(problemsAt(body)).toContain(path);
  });
});

describe('what is wrong with a message', () => {
  it.each([
    [{}, ['wa_id', 'type']],
    [{ wa_id: 'nobody', type: 'carrier pigeon' }, ['wa_id', 'type']],
    [{ context: 5, type: 'text' }, ['wa_id', 'context', 'text']],
    [{ type: 'hsm', hsm: {} }, ['wa_id', 'hsm']],
  ])('is told all at once: %j', (body, paths) => {
    expect(problemsAt(body)).toEqual(paths);
  });
});

describe('what is read from it', () => {
  it('is the recipient in digits, the content as it came, and the rest', () => {
    const content = { body: 'hi', new_key: [1] };
    const more = { context: { message_id: 'wamid.A' }, biz_opaque_callback_data: 'mine' };
    expect(read({ ...bodyOf('text', content, more), wa_id: '+48 123 123 123' })).toEqual({
      chat: '48123123123',
      type: 'text',
      content,
      repliesTo: 'wamid.A',
      callbackData: 'mine',
    });
  });

  it('is a number for a recipient, too', () => {
    expect(read({ ...bodyOf('text', { body: 'hi' }), wa_id: 48123123123 }).chat).toBe(
      '48123123123',
    );
  });

  it('is numbers and booleans where a form has text', () => {
    expect(read(bodyOf('location', { latitude: ' 52.25', longitude: '-21' })).content).toEqual({
      latitude: 52.25,
      longitude: -21,
    });
    expect(read(bodyOf('text', { body: 'hi', preview_url: 'false' })).content).toEqual({
      body: 'hi',
      preview_url: false,
    });
  });

  it('takes the On-Prem place of preview_url, unless the text has its own', () => {
    const beside = { preview_url: true };
    expect(read(bodyOf('text', { body: 'hi' }, beside)).content).toEqual({
      body: 'hi',
      preview_url: true,
    });
    expect(read(bodyOf('text', { body: 'hi', preview_url: false }, beside)).content).toEqual({
      body: 'hi',
      preview_url: false,
    });
  });
});
