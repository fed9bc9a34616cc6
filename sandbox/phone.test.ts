import { describe, expect, it } from 'vitest';
import { sampleMedia } from './sample-media.ts';
import { setUp, wabaHeaders, type Setup } from './set-up.test-support.ts';

const ADA = '16505551234';

/** Lets Ada's phone send this and gives the message as the webhook reports it. */
async function reported(setup: Setup, body: unknown): Promise<Record<string, unknown>> {
  const { status, body: answer } = await setup.phone(ADA, body);
  expect(status).toBe(202);
  const [webhook] = await setup.receiver.until(1);
  const message = webhook?.value.messages?.[0];
  expect(message?.id).toBe(answer.id);
  return message ?? {};
}

/** The bytes behind a media URL, fetched as WABA's clients do. */
async function fetched({ sandbox }: Setup, url: string | undefined): Promise<Response> {
  const local = (url ?? '').replace('https://lookaside.fbsbx.com', sandbox.url);
  return fetch(local, { headers: wabaHeaders() });
}

describe('a message from a phone', () => {
  it('comes as a whole Cloud API webhook with the configured headers', async () => {
    const setup = await setUp({ phoneNumberId: '42', displayPhoneNumber: '15550009999' });
    const message = await reported(setup, { text: 'hi', name: 'Ada' });
    expect(message).toEqual({
      from: ADA,
      id: expect.stringMatching(/^wamid\./),
      timestamp: expect.stringMatching(/^\d{10}$/),
      type: 'text',
      text: { body: 'hi' },
    });
    const [webhook] = setup.receiver.received;
    expect(webhook?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'content-type': 'application/json',
    });
    expect(webhook?.value).toMatchObject({
      metadata: { display_phone_number: '15550009999', phone_number_id: '42' },
      contacts: [{ profile: { name: 'Ada' }, wa_id: ADA }],
    });
  });

  it('is repeated, byte for byte, until it gets a 200', async () => {
    const setup = await setUp();
    setup.receiver.answers.push(503, 201);
    await setup.phone(ADA, { text: 'hi' });
    const webhooks = await setup.receiver.until(3);
    expect(new Set(webhooks.map(({ text }) => text)).size).toBe(1);
    await expect
      .poll(() => setup.sandbox.webhooks)
      .toEqual({
        posted: 1,
        attempts: 3,
        acknowledged: 1,
      });
    expect(await setup.get('/_sandbox/webhooks')).toEqual(setup.sandbox.webhooks);
  });

  it('has the name given last, or one made of the number', async () => {
    const { phone, receiver } = await setUp();
    await phone(ADA, { text: '1' });
    await phone(ADA, { text: '2', name: 'Ada' });
    await phone(ADA, { text: '3' });
    const webhooks = await receiver.until(3);
    const names = webhooks.map(({ value }) => value.contacts?.[0]?.['profile']);
    expect(new Set(names.map((profile) => JSON.stringify(profile)))).toEqual(
      new Set(['{"name":"Customer 1234"}', '{"name":"Ada"}']),
    );
  });

  it('from a customer without a visible number has the user id in place of the number', async () => {
    const { phone, receiver } = await setUp();
    expect((await phone('US.123', { text: 'hi', username: 'ada' })).status).toBe(202);
    const [webhook] = await receiver.until(1);
    expect(webhook?.value.contacts).toEqual([
      { profile: { name: 'Customer .123', username: 'ada' }, user_id: 'US.123' },
    ]);
    expect(webhook?.value.messages?.[0]).toMatchObject({ from_user_id: 'US.123' });
    expect(webhook?.value.messages?.[0]).not.toHaveProperty('from');
  });

  it('can show both number and user id', async () => {
    const setup = await setUp();
    const message = await reported(setup, { text: 'hi', user_id: 'US.123' });
    expect(message).toMatchObject({ from: ADA, from_user_id: 'US.123' });
    expect(setup.receiver.received[0]?.value.contacts?.[0]).toMatchObject({
      wa_id: ADA,
      user_id: 'US.123',
    });
  });
});

describe('what a phone can send', () => {
  const context = { from: '15550783881', id: 'wamid.earlier' };
  const cases: [string, Record<string, unknown>][] = [
    ['a text in full', { type: 'text', text: { body: 'hi' } }],
    ['a reply', { type: 'text', text: { body: 'hi' }, context }],
    ['a forwarded text', { type: 'text', text: { body: 'hi' }, context: { forwarded: true } }],
    ['an answer to an ad', { type: 'text', text: { body: 'hi' }, referral: { source_id: '1' } }],
    ['a reaction', { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } }],
    ['a removed reaction', { type: 'reaction', reaction: { message_id: 'wamid.x' } }],
    ['a location', { type: 'location', location: { latitude: 1.5, longitude: -2, name: 'x' } }],
    ['contacts', { type: 'contacts', contacts: [{ name: { formatted_name: 'B' } }] }],
    ['a template button', { type: 'button', button: { payload: 'p', text: 't' }, context }],
    [
      'a button reply',
      {
        type: 'interactive',
        interactive: { type: 'button_reply', button_reply: { id: '1', title: 'a' } },
        context,
      },
    ],
    [
      'a flow reply',
      {
        type: 'interactive',
        interactive: { type: 'nfm_reply', nfm_reply: { response_json: '{}' } },
      },
    ],
    ['an order', { type: 'order', order: { catalog_id: '1', product_items: [] } }],
    ['a type nobody knows', { type: 'hologram', hologram: { depth: [1, 2] } }],
    ['a type without anything', { type: 'request_welcome' }],
    ['media that is stored elsewhere', { type: 'image', image: { id: '99', mime_type: 'x/y' } }],
  ];
  it.each(cases)('%s', async (_, body) => {
    const message = await reported(await setUp(), body);
    const made = { id: message['id'], from: ADA, timestamp: message['timestamp'] };
    expect(message).toEqual({ ...body, ...made });
  });

  it('something unsupported, which WhatsApp reports with error 131051', async () => {
    const message = await reported(await setUp(), { type: 'unsupported' });
    expect(message).toMatchObject({ type: 'unsupported', errors: [{ code: 131051 }] });
  });
});

describe('media from a phone', () => {
  it.each([
    ['image', 'image/png', {}],
    ['audio', 'audio/ogg; codecs=opus', { voice: true }],
    ['video', 'video/mp4', {}],
    ['document', 'application/pdf', { filename: 'document.pdf' }],
    ['sticker', 'image/webp', { animated: false }],
  ])('is a made file unless one is given: %s is %s', async (type, mimeType, more) => {
    const setup = await setUp();
    const message = await reported(setup, { type });
    const [base = ''] = mimeType.split(';');
    expect(message[type]).toEqual({
      ...more,
      id: expect.stringMatching(/^\d{15}$/),
      mime_type: mimeType,
      sha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      url: expect.stringContaining('https://lookaside.fbsbx.com/'),
    });
    const { id } = Object(message[type]);
    const { body } = await setup.waba('GET', `/${String(id)}`);
    expect(Buffer.from(String(body['sha256']), 'hex').toString('base64')).toBe(
      Object(message[type]).sha256,
    );
    const file = await fetched(setup, body.url);
    expect(file.headers.get('content-type')).toBe(mimeType);
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(
      new Uint8Array(sampleMedia(base) ?? []),
    );
  });

  it('may be given, with its own type and caption', async () => {
    const setup = await setUp();
    const message = await reported(setup, {
      type: 'document',
      document: { caption: 'see', filename: 'a.zip' },
      media_base64: Buffer.from('zip').toString('base64'),
      mime_type: 'application/zip',
    });
    expect(message['document']).toMatchObject({
      caption: 'see',
      filename: 'a.zip',
      mime_type: 'application/zip',
    });
    expect(message).not.toHaveProperty('media_base64');
    const file = await fetched(setup, Object(message['document']).url);
    expect(await file.text()).toBe('zip');
  });

  it('cannot be sent on by its id without uploading it', async () => {
    const setup = await setUp();
    const message = await reported(setup, { type: 'image' });
    const { id } = Object(message['image']);
    const reply = await setup.send({ to: ADA, type: 'image', image: { id } });
    expect(reply.status).toBe(400);
  });
});

describe('a request to a phone that makes no sense', () => {
  it.each([
    ['no message', {}, 'type'],
    ['a list', [], 'body'],
    ['an id of its own', { text: 'hi', id: 'wamid.x' }, 'id'],
    ['a sender of its own', { text: 'hi', from: '1' }, 'from'],
    ['a text without body', { type: 'text', text: {} }, 'text.body'],
    ['a location in words', { type: 'location', location: { latitude: 'x' } }, 'location.latitude'],
    ['a reaction to nothing', { type: 'reaction', reaction: { emoji: 'x' } }, 'message_id'],
    ['media that is no base64', { type: 'image', media_base64: '***' }, 'media_base64'],
    ['media nobody can make', { type: 'document', mime_type: 'application/zip' }, 'No sample'],
    ['a user id that is none', { text: 'hi', user_id: '123' }, 'user_id'],
  ])('is refused with 400 and the reason: %s', async (_, body, reason) => {
    const { phone, receiver } = await setUp();
    const reply = await phone(ADA, body);
    expect(reply).toEqual({ status: 400, body: { error: expect.stringContaining(reason) } });
    expect(receiver.received).toEqual([]);
  });

  it.each(['abc', '123', 'us.123', '+16505551234', '%E0%A4%A'])(
    'is refused with 400 when nobody can be called %s',
    async (customer) => {
      const { phone } = await setUp();
      expect((await phone(customer, { text: 'hi' })).status).toBe(400);
    },
  );

  it('is refused with 400 when it is not JSON, and 413 above 3 MB', async () => {
    const { sandbox } = await setUp();
    const url = `${sandbox.url}/customers/${ADA}/messages`;
    const bodies = ['{"text":', JSON.stringify({ text: 'x'.repeat(3 * 1024 * 1024) })];
    const replies = await Promise.all(bodies.map((body) => fetch(url, { method: 'POST', body })));
    expect(replies.map(({ status }) => status)).toEqual([400, 413]);
  });

  it('is answered 404 on a path that does not exist', async () => {
    const { sandbox } = await setUp();
    const response = await fetch(`${sandbox.url}/customers/${ADA}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: `There is no GET /customers/${ADA}` });
  });
});
