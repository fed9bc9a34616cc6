import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountClient } from '../account-client.ts';
import { wabaClient } from '../client.ts';
import type { WabaAccess } from './upstream.ts';
import { hasWabaKey } from './upstream-of.ts';

let server: Server;
let asked: string[];
let headers: Record<string, string>;
/** What is answered, by method and path; 200 with nothing in it unless given. */
let answers: Record<string, { status?: number; headers?: object; body: object }>;
let base: string;

const reachable = async (): Promise<undefined> => undefined;

beforeEach(async () => {
  asked = [];
  answers = {};
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      const call = `${request.method} ${request.url}`;
      asked.push(text.startsWith('{') ? `${call} ${text}` : call);
      headers = request.headers as Record<string, string>;
      const { status = 200, body = {}, headers: more = {} } = answers[call] ?? {};
      response.writeHead(status, { ...more }).end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/v25.0`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function access(ids: { wabaId?: string; appId?: string } = {}): WabaAccess {
  const { wabaId, appId } = ids;
  const meta = { accessToken: 'EAAtoken', phoneNumberId: '106', wabaId, appId };
  // 360dialog's key, where one is left in the settings, is no business of Meta's.
  return { wabaApiUrl: base, d360ApiKey: 'sandbox-key', meta };
}

const HEALTH = 'GET /v25.0/106?fields=health_status';

function namesIds(): void {
  const entities = [
    { entity_type: 'PHONE_NUMBER', id: '106' },
    { entity_type: 'WABA', id: 2001 },
    { entity_type: 'APP', id: '3001' },
  ];
  answers[HEALTH] = { body: { health_status: { can_send_message: 'AVAILABLE', entities } } };
}

describe("a number that Meta's own API serves", () => {
  it('sends, marks as read, uploads and looks up below its id, with the token alone', async () => {
    const client = wabaClient(access(), reachable);
    await client.sendMessage({ type: 'text' });
    expect(headers).toMatchObject({ authorization: 'Bearer EAAtoken' });
    expect(headers).not.toHaveProperty('d360-api-key');
    await client.markRead('wamid.A');
    await client.mediaInfo('77');
    expect(asked).toEqual([
      'POST /v25.0/106/messages {"type":"text"}',
      'POST /v25.0/106/messages {"messaging_product":"whatsapp","status":"read","message_id":"wamid.A"}',
      'GET /v25.0/77?phone_number_id=106',
    ]);
  });

  it('asks for profile, blocks, health, webhook and number below its id', async () => {
    answers['GET /v25.0/106?fields=webhook_configuration'] = {
      body: {
        webhook_configuration: {
          application: 'https://app.example',
          phone_number: 'https://own.example',
        },
      },
    };
    answers['GET /v25.0/106?fields=display_phone_number'] = {
      body: { display_phone_number: '+1 555-078-3881', id: '106' },
    };
    const client = accountClient(access({ wabaId: '200' }), reachable);
    await client.profile();
    await client.updateProfile({ about: 'x' });
    await client.blockedUsers('');
    await client.unblockUser({ user: '+1' });
    await client.health();
    expect(await client.webhookConfig()).toMatchObject({ body: { url: 'https://own.example' } });
    expect(await client.numbers()).toMatchObject({ body: { phone_numbers: ['+1 555-078-3881'] } });
    expect(asked.map((call) => call.split('?')[0])).toEqual([
      'GET /v25.0/106/whatsapp_business_profile',
      'POST /v25.0/106/whatsapp_business_profile {"messaging_product":"whatsapp","about":"x"}',
      'GET /v25.0/106/block_users',
      'DELETE /v25.0/106/block_users {"messaging_product":"whatsapp","block_users":[{"user":"+1"}]}',
      'GET /v25.0/106',
      'GET /v25.0/106',
      'GET /v25.0/106',
    ]);
  });

  it('has templates below its account, part by part by cursors, and never calls a link of the answer', async () => {
    const list =
      'GET /v25.0/200/message_templates?fields=id%2Cname%2Clanguage%2Cstatus%2Ccategory%2Ccomponents%2Crejected_reason&limit=2';
    const paging = { cursors: { before: 'B', after: 'A=' }, next: 'https://evil.example/' };
    answers[list] = { body: { data: [{ name: 'a' }, { name: 'b' }], paging } };
    answers[`${list}&after=A%3D`] = { body: { data: [{ name: 'c' }] } };
    const client = accountClient(access({ wabaId: '200' }), reachable);
    const first = await client.listTemplates({ limit: 2, cursor: '' });
    expect(first).toMatchObject({
      body: { templates: [{ name: 'a' }, { name: 'b' }], next: '2 A=' },
    });
    const last = await client.listTemplates({ limit: 2, cursor: '2 A=' });
    expect(last).toMatchObject({ body: { templates: [{ name: 'c' }] } });
    expect(last).not.toHaveProperty('body.next');
    await client.createTemplate({ name: 'd' });
    await client.deleteTemplate('a/b');
    expect(asked.slice(2)).toEqual([
      'POST /v25.0/200/message_templates {"name":"d"}',
      'DELETE /v25.0/200/message_templates?name=a%2Fb',
    ]);
  });

  it('lets WhatsApp name account and app where the settings do not, once', async () => {
    namesIds();
    const client = accountClient(access(), reachable);
    await client.createTemplate({ name: 'd' });
    await client.deleteTemplate('d');
    await client.beginUpload({ size: 1, mimeType: 'image/png' });
    await client.finishUpload('upload:x?sig=y', new ArrayBuffer(1));
    expect(asked.map((call) => call.split('&')[0])).toEqual([
      HEALTH,
      'POST /v25.0/2001/message_templates {"name":"d"}',
      'DELETE /v25.0/2001/message_templates?name=d',
      'POST /v25.0/3001/uploads?file_length=1',
      'POST /v25.0/upload:x?sig=y',
    ]);
  });

  it('says which setting is missing where WhatsApp names no account, and what it said where it refuses', async () => {
    answers[HEALTH] = { body: { id: '106' } };
    expect(await accountClient(access(), reachable).deleteTemplate('d')).toMatchObject({
      kind: 'unsent',
      reason: expect.stringContaining('META_WABA_ID'),
    });
    answers[HEALTH] = { status: 401, body: { error: { code: 190, message: 'expired' } } };
    expect(await accountClient(access(), reachable).deleteTemplate('d')).toMatchObject({
      kind: 'answered',
      status: 401,
    });
  });

  it('sets the webhook with the token in its query, or without where calls are signed', async () => {
    const client = accountClient(access(), reachable);
    const own = { url: 'https://in.example/waba/webhook', token: 'a token' };
    await client.setWebhook({ ...own, isSigned: false });
    await client.setWebhook({ ...own, isSigned: true });
    const body = (uri: string) =>
      JSON.stringify({
        webhook_configuration: { override_callback_uri: uri, verify_token: 'a token' },
      });
    expect(asked).toEqual([
      `POST /v25.0/106 ${body(`${own.url}?token=a+token`)}`,
      `POST /v25.0/106 ${body(own.url)}`,
    ]);
  });

  it.each([
    [429, { 'retry-after': '7' }, 7_000],
    [400, { 'x-business-use-case-usage': usage(3) }, 180_000],
    [400, { 'x-business-use-case-usage': usage(100_000) }, 3_600_000],
    [400, { 'x-business-use-case-usage': usage(0) }, undefined],
    [400, { 'x-business-use-case-usage': '{"2001":[7,{"x":1}],"y":null}' }, undefined],
    [400, { 'x-business-use-case-usage': 'nonsense' }, undefined],
    [200, { 'x-business-use-case-usage': usage(3) }, undefined],
  ])('with status %s and headers %j waits for %s ms', async (status, more, wait) => {
    answers['POST /v25.0/106/messages'] = { status, headers: more, body: {} };
    const result = await wabaClient(access(), reachable).sendMessage({});
    expect('retryAfterMs' in result ? result.retryAfterMs : undefined).toBe(wait);
  });

  it('asks nothing without a token, and shows no key of 360dialog', async () => {
    const keyless = { wabaApiUrl: 'https://graph.facebook.com/v25.0', d360ApiKey: 'key' };
    expect(hasWabaKey(keyless)).toBe(false);
    expect(await wabaClient(keyless, reachable).sendMessage({})).toEqual({
      kind: 'unsent',
      reason: 'No META_ACCESS_TOKEN is set.',
    });
    expect(await accountClient(keyless, reachable).health()).toMatchObject({ kind: 'unsent' });
  });
});

function usage(minutes: number): string {
  return JSON.stringify({
    '2001': [{ type: 'whatsapp', estimated_time_to_regain_access: minutes }],
  });
}
