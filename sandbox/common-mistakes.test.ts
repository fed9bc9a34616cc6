import { describe, expect, it } from 'vitest';
import { codeOf, setUp, wabaHeaders, type Setup } from './set-up.test-support.ts';

const ADA = '16505551234';
const HELLO = { to: ADA, type: 'text', text: { body: 'hello' } };
const DAY = { type: 'BODY', text: 'Hi {{1}}, {{2}} is on its way' };

/** A sandbox in which windows close, with approved templates beside `hello_world`. */
async function strict(...components: object[][]): Promise<Setup> {
  const setup = await setUp({ openWindows: false });
  for (const [index, parts] of components.entries()) {
    const name = `order_${index}`;
    const body = { name, language: 'en', category: 'UTILITY', components: parts };
    expect((await setup.waba('POST', '/message_templates', body)).status).toBe(200);
  }
  if (components.length > 0) await setup.receiver.until(components.length);
  return setup;
}

function withExample(component: object): object {
  return { ...component, example: { body_text: [['a', 'b']] } };
}

/** Sends a template with these parts. */
function order({ send }: Setup, parts: object[], more: object = {}): ReturnType<Setup['send']> {
  const template = { name: 'order_0', language: { code: 'en' }, components: parts, ...more };
  return send({ to: ADA, type: 'template', template });
}

function texts(type: string, ...values: string[]): object {
  return { type, parameters: values.map((text) => ({ type: 'text', text })) };
}

describe('a template', () => {
  it('is taken where the number has it, even by who never wrote', async () => {
    const { send, receiver } = await strict();
    const template = { name: 'hello_world', language: { code: 'en_US' } };
    expect(await send({ to: ADA, type: 'template', template })).toMatchObject({ status: 200 });
    const [sent] = await receiver.until(1);
    expect(sent?.value.statuses?.[0]).toMatchObject({ status: 'sent' });
  });

  it.each([
    ['an unknown name', { name: 'nobody_knows', language: { code: 'en_US' } }],
    ['another language', { name: 'hello_world', language: { code: 'de' } }],
  ])('with %s is refused with 132001', async (_what, template) => {
    const { send, sandbox } = await strict();
    const reply = await send({ to: ADA, type: 'template', template });
    expect([reply.status, codeOf(reply)]).toEqual([404, 132001]);
    expect(sandbox.sent).toEqual([]);
  });

  it('is refused while it is not approved, or paused', async () => {
    const setup = await strict([{ type: 'BODY', text: 'Hi' }]);
    expect(await order(setup, [])).toMatchObject({ status: 200 });
    const states = [
      ['PAUSED', 132015],
      ['DISABLED', 132016],
      ['REJECTED', 132001],
    ] as const;
    for (const [event, code] of states) {
      const control = `${setup.sandbox.url}/_sandbox/templates/order_0`;
      await fetch(control, { method: 'POST', body: JSON.stringify({ event }) });
      expect(codeOf(await order(setup, []))).toBe(code);
    }
  });

  it.each([
    ['no', []],
    ['too few', [texts('body', 'Ada')]],
    ['too many', [texts('body', 'Ada', 'it', 'x')]],
    ['the header’s', [texts('header', 'Ada', 'it')]],
  ])('with %s texts for its body is refused with 132000', async (_what, parts) => {
    const setup = await strict([withExample(DAY)]);
    const reply = await order(setup, parts);
    expect([reply.status, codeOf(reply)]).toEqual([400, 132000]);
    expect(await order(setup, [texts('body', 'Ada', 'it')])).toMatchObject({ status: 200 });
  });

  it('with texts for a body that has no holes is refused with 132000', async () => {
    const setup = await strict([{ type: 'BODY', text: 'Hi' }]);
    expect(codeOf(await order(setup, [texts('body', 'Ada')]))).toBe(132000);
  });

  it('without the picture of its header is refused with 132012', async () => {
    const header = { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['h'] } };
    const setup = await strict([header, { type: 'BODY', text: 'Hi' }]);
    expect(codeOf(await order(setup, []))).toBe(132012);
    expect(codeOf(await order(setup, [texts('header', 'x')]))).toBe(132012);
    const image = { type: 'image', image: { link: 'https://example.com/a.jpg' } };
    const filled = [{ type: 'header', parameters: [image] }];
    expect(await order(setup, filled)).toMatchObject({ status: 200 });
  });

  it('without what its link needs is refused with 131008', async () => {
    const buttons = [
      { type: 'QUICK_REPLY', text: 'No' },
      { type: 'URL', text: 'Go', url: 'https://example.com/{{1}}', example: ['x'] },
    ];
    const setup = await strict([
      { type: 'BODY', text: 'Hi' },
      { type: 'BUTTONS', buttons },
    ]);
    expect(codeOf(await order(setup, []))).toBe(131008);
    const filled = { ...texts('button', 'x'), sub_type: 'url', index: '1' };
    expect(await order(setup, [filled])).toMatchObject({ status: 200 });
  });

  it('may be an offer for a limited time', async () => {
    const offer = { text: 'Expiring', has_expiration: true };
    const setup = await strict([
      { type: 'BODY', text: 'Hi' },
      { type: 'LIMITED_TIME_OFFER', limited_time_offer: offer },
    ]);
    expect(codeOf(await order(setup, []))).toBe(131008);
    const end = { type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 2e12 } };
    const part = { type: 'limited_time_offer', parameters: [end] };
    expect(await order(setup, [part])).toMatchObject({ status: 200 });
    const broken = { ...part, parameters: [{ type: 'limited_time_offer' }] };
    expect(codeOf(await order(setup, [broken]))).toBe(131008);
  });
});

describe('the 24 hours', () => {
  it('let a text be taken and then fail with 131047 where the customer never wrote', async () => {
    const { send, receiver, get } = await strict();
    const reply = await send({ ...HELLO, biz_opaque_callback_data: 'mine' });
    expect(reply.status).toBe(200);
    const [failed] = await receiver.until(1);
    expect(failed?.value.statuses).toMatchObject([
      {
        id: reply.body.messages?.[0]?.id,
        status: 'failed',
        recipient_id: ADA,
        biz_opaque_callback_data: 'mine',
        errors: [{ code: 131047, title: 'Re-engagement message' }],
      },
    ]);
    expect(failed?.value.statuses?.[0]).not.toHaveProperty('pricing');
    expect(await get(`/customers/${ADA}/messages`)).toEqual([]);
  });

  it('begin with what the customer writes, under each name that they have', async () => {
    const { send, phone, receiver } = await strict();
    await phone(ADA, { text: 'hi', user_id: 'US.123' });
    await send(HELLO);
    await send({ recipient: 'US.123', type: 'text', text: { body: 'hello' } });
    const statuses = (await receiver.until(3)).flatMap(({ value }) => value.statuses ?? []);
    expect(statuses.map(({ status }) => status)).not.toContain('failed');
  });

  it('are not asked of groups', async () => {
    const { send, receiver } = await strict();
    await send({ ...HELLO, recipient_type: 'group', to: 'Y2FwaV9ncm91cDox' });
    const [sent] = await receiver.until(1);
    expect(sent?.value.statuses?.[0]).toMatchObject({ status: 'sent' });
  });
});

describe('a message', () => {
  it('to the number itself is refused with 131021', async () => {
    const { send } = await setUp();
    const reply = await send({ ...HELLO, to: '15550783881' });
    expect([reply.status, codeOf(reply)]).toEqual([400, 131021]);
  });

  it('may ask for the contact’s details', async () => {
    const { send } = await setUp();
    const interactive = {
      type: 'request_contact_info',
      body: { text: 'Who are you?' },
      action: { name: 'request_contact_info' },
    };
    expect(await send({ to: ADA, type: 'interactive', interactive })).toMatchObject({
      status: 200,
    });
  });

  it('may be posted where 360dialog’s own sandbox takes it', async () => {
    const { waba, sandbox } = await setUp();
    const body = { messaging_product: 'whatsapp', ...HELLO };
    expect(await waba('POST', '/v1/messages', body)).toMatchObject({ status: 200 });
    expect(sandbox.sent).toHaveLength(1);
  });
});

describe('an upload', () => {
  it('may name its product in the query', async () => {
    const { sandbox } = await setUp();
    const form = new FormData();
    form.set('file', new File(['hello'], 'a.txt', { type: 'text/plain' }));
    const url = `${sandbox.url}/media?messaging_product=whatsapp`;
    const { 'D360-API-KEY': key = '' } = wabaHeaders();
    const headers = { 'D360-API-KEY': key };
    const response = await fetch(url, { method: 'POST', headers, body: form });
    expect(response.status).toBe(200);
  });
});

describe('templates as Meta has them', () => {
  it('are listed with cursors, filtered, made and deleted', async () => {
    const { waba } = await strict([{ type: 'BODY', text: 'Hi' }], [{ type: 'BODY', text: 'Ho' }]);
    const all = await waba('GET', '/message_templates?fields=name,status');
    const id = expect.any(String);
    expect(all.body['data']).toEqual([
      { id, name: 'hello_world', status: 'APPROVED' },
      { id, name: 'order_0', status: 'APPROVED' },
      { id, name: 'order_1', status: 'APPROVED' },
    ]);
    const namesOf = async (query: string) => {
      const { body } = await waba('GET', `/message_templates?${query}`);
      const names = (body['data'] as { name: string }[]).map(({ name }) => name);
      const paging = body['paging'] as { cursors: { before: string; after: string } } | undefined;
      return { names, after: paging?.cursors.after };
    };
    const first = await namesOf('limit=2');
    expect(first.names).toEqual(['hello_world', 'order_0']);
    const second = await namesOf(`limit=2&after=${first.after}`);
    expect(second.names).toEqual(['order_1']);
    expect((await namesOf(`limit=2&after=${second.after}`)).names).toEqual([]);
    expect((await namesOf('language=en&status=APPROVED')).names).toEqual(['order_0', 'order_1']);
    expect((await waba('DELETE', '/message_templates?name=order_0')).body).toEqual({
      success: true,
    });
    expect((await waba('DELETE', '/message_templates?name=order_0')).status).toBe(404);
    expect((await namesOf('')).names).toEqual(['hello_world', 'order_1']);
  });
});
