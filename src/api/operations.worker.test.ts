import { afterEach, describe, expect, it, vi } from 'vitest';
import { currentToken } from '../auth/token.ts';
import { stack } from '../inbox/media/media.test-support.ts';
import { requestApi } from './api.test-support.ts';
import { CASES, type OperationCase } from './operation-cases.test-support.ts';
import {
  OPERATIONS,
  schemaProblems,
  type Operation,
  type Schema,
} from './schema-problems.test-support.ts';
import { PEOPLE, prepareWorld, SECRET } from './small-world.test-support.ts';
import { fakeWaba } from './whatsapp.test-support.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

interface Answered {
  status: number;
  text: string;
}

/** Of an operation without a case: the test that there is one for each fails, too. */
const NOBODY_KNOWS: OperationCase = { app: 0, outsider: 0, admin: 0 };

const DETAIL: Schema = { $ref: '#/components/schemas/Detail' };

type Who = 'anonymous' | 'app' | 'outsider' | 'admin';

const PROFILE = { messaging_product: 'whatsapp', about: 'Open', vertical: 'OTHER' };

/** A WABA that agrees to everything. */
function agreeableWaba(): void {
  const json = (body: object) => () => Response.json(body);
  fakeWaba({
    'GET /v1/configs/templates': json({ waba_templates: [], total: 0, count: 0 }),
    'POST /v1/configs/templates': json({ id: '1', status: 'submitted' }),
    'DELETE /v1/configs/templates/hello': json({ meta: { success: true } }),
    'GET /whatsapp_business_profile': json({ data: [PROFILE] }),
    'POST /whatsapp_business_profile': json({ success: true }),
    'POST /uploads': json({ id: 'upload:abc' }),
    'POST /upload:abc': json({ h: 'handle' }),
    'POST /block_users': json({ block_users: { added_users: [{ input: '1' }] } }),
    'DELETE /block_users': json({ block_users: { removed_users: [{ input: '1' }] } }),
    'GET /waba_webhook': json({ phone_numbers: ['+49 100 200'] }),
    'GET /v1/configs/webhook': json({ url: '' }),
    'GET /health_status': json({}),
    // Of the webhook that is tested.
    'POST /hook': () => new Response(),
  });
}

/** Asks in a world that is made anew for it. */
async function ask(
  operation: Operation,
  asked: OperationCase,
  who: Who,
  raw?: { type: string; body: string },
): Promise<Answered> {
  await prepareWorld(asked.also === undefined ? [] : [asked.also]);
  agreeableWaba();
  const { params = {}, query = '', json, file } = asked;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
    return encodeURIComponent(String(params[name]));
  });
  const headers = new Headers();
  if (who !== 'anonymous') {
    headers.set('Authorization', `Token ${await currentToken(stack, PEOPLE[who])}`);
  }
  if (json !== undefined) headers.set('Content-Type', raw?.type ?? 'application/json');
  const body = raw?.body ?? (file === undefined ? JSON.stringify(json) : formOf(file));
  const url = `https://inbox.example${path}${query}`;
  const init = { method: operation.method, headers, redirect: 'manual' } as const;
  const response = await requestApi(stack, url, body === undefined ? init : { ...init, body });
  // Of a file, too: what is in it is text.
  const text = new TextDecoder().decode(await response.arrayBuffer());
  return { status: response.status, text };
}

function formOf(file: Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  form.set('file_encoded', new File([file], 'a.png', { type: 'image/png' }));
  return form;
}

/** What of an answer is not as the document has it. */
function undocumented(operation: Operation, { status, text }: Answered): string[] {
  const response = operation.responses[status];
  if (response === undefined) return [`The document knows no ${status}.`];
  if (status === 204 && text !== '') return ['There is a body.'];
  const schema = response.content?.['application/json']?.schema;
  return schema === undefined ? [] : schemaProblems(JSON.parse(text), schema);
}

describe('an answer', () => {
  it.each<[string, Schema, unknown]>([
    ['lacks a field', { properties: { a: {} }, required: ['a'] } as Schema, {}],
    ['has a field more', { properties: { a: {} } }, { a: 1, b: 2 }],
    ['has a field more further in', { items: { properties: { a: {} } } }, [{ b: 2 }]],
    ['has a field more than two schemas', { allOf: [{ properties: { a: {} } }, {}] }, { b: 2 }],
    ['has a field more than one of the components', DETAIL, { detail: 'x', b: 2 }],
    ['has a date of another form', { format: 'date-time' } as Schema, '1.2.2026'],
    ['is out of bounds', { minimum: 0 } as Schema, -1],
  ])('is not as documented where it %s', (_what, schema, value) => {
    expect(schemaProblems(value, schema)).toHaveLength(1);
  });

  it('may have the fields that several schemas name, or those of open ones', () => {
    const allOf = [{ properties: { a: {} } }, DETAIL];
    expect(schemaProblems({ a: 1, detail: 'x' }, { allOf })).toEqual([]);
    expect(schemaProblems({ b: 2 }, { properties: {}, additionalProperties: {} })).toEqual([]);
  });
});

describe('every operation', () => {
  it('is told who may use it', () => {
    const names = OPERATIONS.map(({ operationId }) => operationId);
    expect(Object.keys(CASES).toSorted()).toEqual(names.toSorted());
  });

  it('is shown to nobody but who is signed in, unless the document says so', () => {
    for (const { operationId, security } of OPERATIONS) {
      const { anonymous = 403 } = CASES[operationId] ?? {};
      expect([operationId, anonymous === 403]).toEqual([operationId, security?.length !== 0]);
    }
  });
});

describe.each(OPERATIONS)('$operationId, $method $path', (operation) => {
  const asked = CASES[operation.operationId] ?? NOBODY_KNOWS;

  it.each(['anonymous', 'app', 'outsider', 'admin'] as const)('as %s', async (who) => {
    const answered = await ask(operation, asked, who);
    expect(answered).toMatchObject({ status: asked[who] ?? 403 });
    expect(undocumented(operation, answered)).toEqual([]);
  });

  it('tells an outsider nothing of a chat that is not theirs to read', async () => {
    expect((await ask(operation, asked, 'outsider')).text).not.toContain(SECRET);
  });
});

describe('whoever is not signed in', () => {
  it.each(OPERATIONS.filter(({ security }) => security?.length !== 0))(
    'is told so by $operationId',
    async (operation) => {
      const asked = CASES[operation.operationId] ?? NOBODY_KNOWS;
      const { text } = await ask(operation, asked, 'anonymous');
      expect(JSON.parse(text)).toEqual({
        detail: 'Authentication credentials were not provided.',
      });
    },
  );
});

describe('whoever may read the chat', () => {
  it.each(['listChats', 'listMessages', 'retrieveChatTagging', 'retrieveMediaFile'])(
    'finds in %s what is kept from others',
    async (name) => {
      const operation = OPERATIONS.find(({ operationId }) => operationId === name);
      if (operation === undefined) throw new Error('There is no such operation.');
      expect((await ask(operation, CASES[name] ?? NOBODY_KNOWS, 'app')).text).toContain(SECRET);
    },
  );
});

describe.each(OPERATIONS.filter(({ operationId }) => CASES[operationId]?.json !== undefined))(
  '$operationId, which takes a body',
  (operation) => {
    const asked = CASES[operation.operationId] ?? NOBODY_KNOWS;

    it.each([
      ['half a JSON', 'application/json', '{"a":', 400],
      ['a list', 'application/json', '[1]', 400],
      ['a text', 'application/json', '"x"', 400],
      ['another type', 'text/plain', 'x', 415],
    ])('refuses %s', async (_what, type, body, status) => {
      const answered = await ask(operation, asked, 'admin', { type, body });
      expect(answered).toMatchObject({ status });
      expect(JSON.parse(answered.text)).not.toEqual({});
      if (status === 400) expectReason(answered);
    });

    it.each([
      ['no field', {}],
      ['fields of no sense', nonsenseFor(asked.json)],
      ['fields of null', Object.fromEntries(Object.keys(asked.json ?? {}).map((n) => [n, null]))],
    ])('says why in `reason` where it refuses %s', async (_what, json) => {
      const body = JSON.stringify(json);
      const answered = await ask(operation, asked, 'admin', { type: 'application/json', body });
      expect(answered.status).not.toBe(500);
      if (answered.status === 400) expectReason(answered);
    });
  },
);

/** The same fields, each with what no field takes. */
function nonsenseFor(json: object = {}): object {
  return Object.fromEntries(Object.keys(json).map((name) => [name, [[{ a: [] }]]]));
}

/** What the service's clients show to people. */
function expectReason({ text }: Answered): void {
  expect(JSON.parse(text)).toMatchObject({ reason: expect.stringMatching(/\w/) });
}

describe.each(
  OPERATIONS.filter(({ parameters }) => parameters?.some((parameter) => parameter.in === 'query')),
)('$operationId, which takes a query', (operation) => {
  it('says why in `reason` where it refuses one', async () => {
    const asked = CASES[operation.operationId] ?? NOBODY_KNOWS;
    const names =
      operation.parameters?.flatMap((one) => (one.in === 'query' ? one.name : [])) ?? [];
    const query = `?${new URLSearchParams(names.map((name) => [name, '\0'])).toString()}`;
    const answered = await ask(operation, { ...asked, query }, 'admin');
    expect(answered.status).not.toBe(500);
    if (answered.status === 400) expectReason(answered);
  });
});
