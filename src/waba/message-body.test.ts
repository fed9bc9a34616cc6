import { describe, expect, it } from 'vitest';
import { messageBody, newPayload, referenceOf, withReference } from './message-body.ts';

const ID = '8b176ba5-fa8e-458e-94ad-85d1ae8f3be0';
const CALLBACK = { biz_opaque_callback_data: `waypost:${ID}` };
const NO_UPLOADS = new Map<string, string>();

describe('messageBody', () => {
  it('is what WhatsApp takes, with our id as callback data', () => {
    const payload = newPayload('48123', 'text', { body: 'hi' }, 'wamid.A');
    expect(messageBody({ id: ID, chat: '48123', type: 'text', payload }, NO_UPLOADS)).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '48123',
      type: 'text',
      text: { body: 'hi' },
      context: { message_id: 'wamid.A' },
      ...CALLBACK,
    });
  });

  it('names somebody without a number by their user id', () => {
    const payload = newPayload('US.1349', 'text', { body: 'hi' }, undefined);
    const body = messageBody({ id: ID, chat: 'US.1349', type: 'text', payload }, NO_UPLOADS);
    expect(body).toMatchObject({ recipient: 'US.1349' });
    expect(body).not.toHaveProperty('to');
  });

  it('names them by the number once that is known', () => {
    const payload = newPayload('US.1349', 'text', { body: 'hi' }, undefined);
    const body = messageBody({ id: ID, chat: '48123', type: 'text', payload }, NO_UPLOADS);
    expect(body).toMatchObject({ to: '48123' });
    expect(body).not.toHaveProperty('recipient');
  });

  it('sends an uploaded file by WABA’s id of it, wherever the link stands', () => {
    const link = 'https://inbox.example/api/v1/media/1/';
    const uploads = new Map([[link, '777']]);
    const components = [
      { type: 'header', parameters: [{ type: 'image', image: { link } }] },
      { type: 'body', parameters: [{ type: 'text', text: link }] },
    ];
    const image = newPayload('48123', 'image', { link, caption: 'c' }, undefined);
    const template = newPayload('48123', 'template', { name: 'n', components }, undefined);
    const body = (type: string, payload: Record<string, unknown>) =>
      messageBody({ id: ID, chat: '48123', type, payload }, uploads)[type];
    expect(body('image', image)).toEqual({ id: '777', caption: 'c' });
    expect(body('template', template)).toEqual({
      name: 'n',
      components: [
        { type: 'header', parameters: [{ type: 'image', image: { id: '777' } }] },
        { type: 'body', parameters: [{ type: 'text', text: link }] },
      ],
    });
  });

  it('leaves other links and unknown keys alone', () => {
    const content = { link: 'https://elsewhere.example/x', new_key: [{ deep: 1 }] };
    const payload = newPayload('48123', 'video', content, undefined);
    const uploads = new Map([['https://inbox.example/y', '777']]);
    const body = messageBody({ id: ID, chat: '48123', type: 'video', payload }, uploads);
    expect(body['video']).toEqual(content);
  });
});

describe('references', () => {
  const reply = newPayload('48123', 'text', { body: 'hi' }, ID);
  const reaction = newPayload('48123', 'reaction', { message_id: ID, emoji: '👍' }, undefined);

  it('are found in replies and reactions', () => {
    expect(referenceOf(reply)).toBe(ID);
    expect(referenceOf(reaction)).toBe(ID);
    expect(referenceOf(newPayload('48123', 'text', { body: 'hi' }, undefined))).toBeUndefined();
  });

  it('can be put in WhatsApp’s words', () => {
    expect(withReference(reply, 'wamid.B')).toMatchObject({ context: { message_id: 'wamid.B' } });
    expect(withReference(reaction, 'wamid.B')).toMatchObject({
      reaction: { message_id: 'wamid.B', emoji: '👍' },
    });
  });
});
