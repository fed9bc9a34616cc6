import { describe, expect, it } from 'vitest';
import { startReceiver } from './receiver.test-support.ts';
import { setUp } from './set-up.test-support.ts';

const PATH = '/v1/configs/webhook';

describe('the webhook setting', () => {
  it('is what the sandbox was started with, until it is changed', async () => {
    const { waba, receiver } = await setUp();
    expect(await waba('GET', PATH)).toEqual({
      status: 200,
      body: { url: receiver.url, headers: { Authorization: 'Bearer secret' } },
    });
  });

  it('sends later webhooks to the new URL with the new headers, repeats included', async () => {
    const { waba, phone, receiver } = await setUp();
    const other = await startReceiver();
    receiver.answers.push(500);
    await phone('16505551234', { text: 'hi' });
    await receiver.until(1);
    const config = { url: other.url, headers: { 'X-Key': 'new' } };
    expect(await waba('POST', PATH, config)).toEqual({ status: 200, body: config });
    const [webhook] = await other.until(1);
    expect(webhook?.headers['x-key']).toBe('new');
    expect(webhook?.headers.authorization).toBeUndefined();
    expect(webhook?.text).toBe(receiver.received[0]?.text);
    await other.close();
  });

  it('may go without headers', async () => {
    const { waba } = await setUp();
    const reply = await waba('POST', PATH, { url: 'https://example.com/hook' });
    expect(reply.body).toEqual({ url: 'https://example.com/hook', headers: {} });
  });

  it.each([
    ['that is no URL', { url: 'example' }],
    ['that is missing', {}],
    ['without https', { url: 'http://example.com/hook' }],
    ['with a port', { url: 'https://example.com:8443/hook' }],
    ['with an underscore in its host', { url: 'https://my_host.example.com/hook' }],
    ['with headers that are no strings', { url: 'https://example.com', headers: { a: 1 } }],
    ['with a header of two lines', { url: 'https://example.com', headers: { a: 'b\nc' } }],
  ])('refuses a URL %s', async (_, config) => {
    const { waba, receiver } = await setUp();
    const reply = await waba('POST', PATH, config);
    expect(reply.status).toBe(400);
    expect(reply.body).toMatchObject({ meta: { success: false, http_code: 400 } });
    expect((await waba('GET', PATH)).body.url).toBe(receiver.url);
  });

  it('drops webhooks while it is empty', async () => {
    const { phone, sandbox } = await setUp({ webhookUrl: '' });
    expect((await phone('16505551234', { text: 'hi' })).status).toBe(202);
    expect(sandbox.webhooks).toEqual({ posted: 1, attempts: 0, acknowledged: 0 });
  });
});

describe('a webhook', () => {
  it('is not sent on where a redirect points', async () => {
    const { phone, receiver } = await setUp();
    receiver.answers.push(302);
    await phone('16505551234', { text: 'hi' });
    const webhooks = await receiver.until(2);
    expect(webhooks[1]?.text).toBe(webhooks[0]?.text);
  });

  it('has slashes and everything beyond ASCII escaped, as Meta does', async () => {
    const { phone, receiver } = await setUp();
    await phone('16505551234', { text: 'é/😀' });
    const [webhook] = await receiver.until(1);
    expect(webhook?.text).toContain(String.raw`"body":"\u00e9\/\ud83d\ude00"`);
    expect(webhook?.value.messages?.[0]).toMatchObject({ text: { body: 'é/😀' } });
  });
});

it('says that the number can send', async () => {
  const { waba } = await setUp({ phoneNumberId: '777' });
  const { status, body } = await waba('GET', '/health_status');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id: '777',
    health_status: {
      can_send_message: 'AVAILABLE',
      entities: expect.arrayContaining([
        { entity_type: 'PHONE_NUMBER', id: '777', can_send_message: 'AVAILABLE' },
      ]),
    },
  });
});
