import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { setUp } from './set-up.test-support.ts';

const NUMBER = '106540352242922';
const WABA = '102290129340398';

async function setUpMeta(options: Parameters<typeof setUp>[0] = {}) {
  const world = await setUp(options);
  const meta = async (method: string, path: string, body?: unknown, token = 'test-key') => {
    const response = await fetch(`${world.sandbox.url}/v25.0${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
  return { ...world, meta };
}

const HELLO = {
  messaging_product: 'whatsapp',
  to: '15550001111',
  type: 'text',
  text: { body: 'hi' },
};

describe("Meta's own Cloud API", () => {
  it('takes messages below the number of the token, and refuses others as Graph does', async () => {
    const { meta, sandbox } = await setUpMeta();
    expect(await meta('POST', `/${NUMBER}/messages`, HELLO)).toMatchObject({ status: 200 });
    expect(sandbox.sent).toHaveLength(1);
    expect(await meta('POST', `/${NUMBER}/messages`, HELLO, 'other')).toMatchObject({
      status: 401,
      body: { error: { code: 190 } },
    });
    expect(await meta('POST', '/999/messages', HELLO)).toMatchObject({
      status: 400,
      body: { error: { code: 100, error_subcode: 33 } },
    });
    expect(await meta('POST', '/messages', HELLO)).toMatchObject({ status: 400 });
    expect(sandbox.sent).toHaveLength(1);
  });

  it("serves an incoming file at the link's own address, to the token alone", async () => {
    const { meta, phone, receiver } = await setUpMeta();
    await phone('16505551234', { type: 'image', image: {} });
    const [webhook] = await receiver.until(1);
    const [, id = ''] = /"image":\{[^}]*"id":"(\d+)"/.exec(webhook?.text ?? '') ?? [];
    const { body } = await meta('GET', `/${id}?phone_number_id=${NUMBER}`);
    const url = String(body['url']);
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: { Authorization: 'Bearer test-key' } })).status).toBe(200);
    expect(await meta('GET', `/${id}?phone_number_id=1`)).toMatchObject({ status: 400 });
  });

  it('has templates and numbers below the account', async () => {
    const { meta } = await setUpMeta();
    expect(
      await meta('GET', `/${WABA}/message_templates?fields=name,rejected_reason`),
    ).toMatchObject({ body: { data: [{ name: 'hello_world', rejected_reason: 'NONE' }] } });
    expect(await meta('GET', `/${WABA}/phone_numbers`)).toMatchObject({
      body: { data: [{ id: NUMBER }] },
    });
    expect(await meta('GET', '/v1/configs/templates')).toMatchObject({ status: 400 });
  });

  it('signs webhooks, and tells of health and number by fields', async () => {
    const { meta, phone, receiver } = await setUpMeta({ appSecret: 'shh' });
    await phone('16505551234', { text: 'grüße' });
    const [webhook] = await receiver.until(1);
    const mac = createHmac('sha256', 'shh')
      .update(webhook?.text ?? '')
      .digest('hex');
    expect(webhook?.headers['x-hub-signature-256']).toBe(`sha256=${mac}`);
    expect(await meta('GET', `/${NUMBER}?fields=health_status,display_phone_number`)).toMatchObject(
      {
        body: {
          display_phone_number: '+15550783881',
          health_status: { can_send_message: 'AVAILABLE' },
        },
      },
    );
    expect(await meta('GET', `/${NUMBER}?fields=nonsense`)).toMatchObject({ status: 400 });
  });

  it('gives the number a webhook of its own once that has echoed the challenge', async () => {
    const { meta, phone, receiver } = await setUpMeta();
    const got: string[] = [];
    const own = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://own');
      got.push(`${request.method} ${url.pathname}`);
      const isOurs = url.searchParams.get('hub.verify_token') === 't';
      response.end(isOurs ? url.searchParams.get('hub.challenge') : 'no');
    }).listen(0, '127.0.0.1');
    await once(own, 'listening');
    const address = own.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/own`;
    const set = (uri: string, token: string) =>
      meta('POST', `/${NUMBER}`, {
        webhook_configuration: { override_callback_uri: uri, verify_token: token },
      });
    const configuration = () => meta('GET', `/${NUMBER}?fields=webhook_configuration`);
    expect(await set(url, 'wrong')).toMatchObject({ status: 400, body: { error: { code: 2200 } } });
    expect(await set('http://127.0.0.1:9/', 't')).toMatchObject({ status: 400 });
    expect(await configuration()).toMatchObject({
      body: { webhook_configuration: { application: receiver.url } },
    });
    expect(await set(url, 't')).toMatchObject({ status: 200 });
    expect(await configuration()).toMatchObject({
      body: { webhook_configuration: { phone_number: url, application: receiver.url } },
    });
    await phone('16505551234', { text: 'hi' });
    await expect.poll(() => got).toContain('POST /own');
    expect(await set('', '')).toMatchObject({ status: 200 });
    await phone('16505551234', { text: 'hi' });
    await receiver.until(1);
    own.closeAllConnections();
    own.close();
  });
});
