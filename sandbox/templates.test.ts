import { describe, expect, it } from 'vitest';
import { codeOf, setUp, type Setup } from './set-up.test-support.ts';

const PATH = '/v1/configs/templates';
const BODY = { type: 'BODY', text: 'Your order is on its way' };
const NEW = { name: 'order_1', language: 'en', category: 'UTILITY', components: [BODY] };

async function names({ waba }: Setup, query = ''): Promise<unknown> {
  const { body } = await waba('GET', PATH + query);
  const templates = body['waba_templates'] as { name: string; status: string }[];
  return templates.map(({ name, status }) => `${name} ${status}`);
}

describe('a new template', () => {
  it('is submitted, approved after a while, and a webhook says so', async () => {
    const setup = await setUp();
    const { status, body } = await setup.waba('POST', PATH, NEW);
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...NEW, status: 'submitted', rejected_reason: 'NONE' });
    const [webhook] = await setup.receiver.until(1);
    const { entry } = JSON.parse(webhook?.text ?? '') as { entry: object[] };
    expect(entry).toEqual([
      {
        id: '102290129340398',
        time: expect.any(Number),
        changes: [
          {
            field: 'message_template_status_update',
            value: {
              event: 'APPROVED',
              message_template_id: Number(body.id),
              message_template_name: 'order_1',
              message_template_language: 'en',
              reason: 'NONE',
            },
          },
        ],
      },
    ]);
    expect(await names(setup)).toEqual(['hello_world approved', 'order_1 approved']);
    expect(setup.sandbox.changes).toMatchObject([{ method: 'POST', path: PATH, body: NEW }]);
  });

  const button = (fields: object) => ({ type: 'BUTTONS', buttons: [{ type: 'URL', ...fields }] });
  const broken: [string, object][] = [
    ['a name in capitals', { name: 'Order' }],
    ['no language', { language: undefined }],
    ['a former category', { category: 'ALERT_UPDATE' }],
    ['no components', { components: [] }],
    ['no body', { components: [{ type: 'FOOTER', text: 'x' }] }],
    ['a body without a text', { components: [{ type: 'BODY' }] }],
    ['two bodies', { components: [BODY, BODY] }],
    ['a body too long', { components: [{ type: 'BODY', text: 'x'.repeat(1_025) }] }],
    ['a variable without an example', { components: [{ type: 'BODY', text: 'Hi {{1}}' }] }],
    ['a footer too long', { components: [BODY, { type: 'FOOTER', text: 'x'.repeat(61) }] }],
    ['a header without a text', { components: [BODY, { type: 'HEADER', format: 'TEXT' }] }],
    ['a link without a URL', { components: [BODY, button({ text: 'Go' })] }],
    ['a component of no type', { components: [BODY, { type: 'SIDEBAR' }] }],
    ['a field of no meaning', { colour: 'red' }],
  ];
  it.each(broken)('is refused with %s', async (_, fields) => {
    const setup = await setUp();
    const reply = await setup.waba('POST', PATH, { ...NEW, ...fields });
    expect([reply.status, codeOf(reply)]).toEqual([400, expect.any(Number)]);
    expect(setup.sandbox.changes).toEqual([]);
  });

  it('may have a header, variables with examples and buttons', async () => {
    const { waba } = await setUp();
    const components = [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['h'] } },
      { type: 'BODY', text: 'Hi {{1}}', example: { body_text: [['Ann']] } },
      { type: 'FOOTER', text: 'Bye' },
      button({ text: 'Go', url: 'https://shop.example' }),
    ];
    expect((await waba('POST', PATH, { ...NEW, components })).status).toBe(201);
  });

  it('is refused in a language that its name has already', async () => {
    const { waba } = await setUp();
    await waba('POST', PATH, NEW);
    expect(codeOf(await waba('POST', PATH, NEW))).toBe(100);
    expect((await waba('POST', PATH, { ...NEW, language: 'de' })).status).toBe(201);
  });
});

describe('the templates', () => {
  it('are listed in parts', async () => {
    const setup = await setUp();
    await setup.waba('POST', PATH, NEW);
    await setup.receiver.until(1);
    expect(await names(setup, '?limit=1&offset=1')).toEqual(['order_1 approved']);
    expect(await names(setup, '?limit=1&offset=2')).toEqual([]);
    expect((await setup.waba('GET', `${PATH}?limit=x`)).status).toBe(400);
  });

  it('are deleted by name, in all languages', async () => {
    const setup = await setUp();
    for (const language of ['de', 'en']) await setup.waba('POST', PATH, { ...NEW, language });
    expect((await setup.waba('DELETE', `${PATH}/order_1`)).status).toBe(200);
    expect(await names(setup)).toEqual(['hello_world approved']);
    expect((await setup.waba('DELETE', `${PATH}/order_1`)).status).toBe(404);
  });

  it('change when a test says so, and a webhook tells of it', async () => {
    const setup = await setUp();
    const url = `${setup.sandbox.url}/_sandbox/templates/hello_world`;
    const order = (body: object) => fetch(url, { method: 'POST', body: JSON.stringify(body) });
    expect((await order({ event: 'REJECTED', reason: 'SCAM' })).status).toBe(202);
    const [webhook] = await setup.receiver.until(1);
    expect(webhook?.text).toContain('"event":"REJECTED"');
    expect(await names(setup)).toEqual(['hello_world rejected']);
    expect((await order({ event: 'no' })).status).toBe(400);
    const other = await fetch(`${url}2`, { method: 'POST', body: '{"event":"PAUSED"}' });
    expect(other.status).toBe(404);
    await order({ event: 'DELETED' });
    await setup.receiver.until(2);
    expect(await names(setup)).toEqual([]);
  });
});
