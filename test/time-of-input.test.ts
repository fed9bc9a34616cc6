import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from './support/api-client.ts';
import { startRouter, type Router } from './support/router.ts';
import { askRaw } from './support/ask-raw.ts';
import { openSocket } from './support/socket-client.ts';
import { threadClockOf, type ThreadClock } from './support/thread-clock.ts';
import { WORST_FORMS, WORST_TEXTS, WORST_VALUES } from './support/worst-inputs.ts';

/** What a request may take of the thread that everybody shares, beyond what a plain one of its kind takes. */
const MOST_MS = 200;

/** The runtime itself takes some 4 µs to read a chunk, before any code of ours, however it is read. */
const CHUNKS = 60_000;
const MOST_MS_OF_CHUNKS = MOST_MS + CHUNKS / 250;

const MEGABYTE = 1_000_000;

/** Items of three characters, in a megabyte. */
const MANY = 333_000;

/** Into how many parts the worst inputs are divided where each operation is asked. */
const PARTS = 8;

/** Longer ones the runtime itself refuses. */
const LONGEST_ADDRESS = 50_000;
const LONGEST_HEADER = 200_000;

const INGEST = '/waba/webhook';
const WEBHOOK_TOKEN = 'a-webhook-token';

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}

interface DocumentedOperation {
  parameters?: { in: string; name: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

interface Operation {
  method: string;
  path: string;
  fields: string[];
  query: string[];
  hasBody: boolean;
  /** Its place in the document. */
  turn: number;
}

let router: Router;
let threadMs: ThreadClock;
let token: string;

beforeAll(async () => {
  router = await startRouter({ WEBHOOK_TOKEN });
  threadMs = await threadClockOf(router.pid() ?? 0);
  ({ token } = await ApiClient.signIn(router.url));
}, 60_000);

afterAll(() => router.close());

interface Asked {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** Asks without a client that would put anything right; returns the status, 0 where the connection was cut. */
function ask({ method = 'GET', path, headers = {}, body }: Asked): Promise<number> {
  const sent = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const { port } = router;
    const options = { host: '127.0.0.1', port, method, path, headers: { ...headers, ...sent } };
    const asked = request(options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    asked.on('error', () => resolve(0));
    asked.end(body);
  });
}

/** What a request takes of the thread. */
async function costOf(asked: Asked): Promise<{ status: number; ms: number }> {
  const before = await threadMs();
  const status = await ask(asked);
  return { status, ms: (await threadMs()) - before };
}

/** The requests that take too long beside a plain one; an alarm may fall into one, but not into the same one twice. */
async function slowOnes(
  plain: Asked,
  worst: readonly (Asked & { name: string })[],
): Promise<string[]> {
  await ask(plain);
  const { ms: plainMs } = await costOf(plain);
  const slow: string[] = [];
  for (const { name, ...asked } of worst) {
    const first = await costOf(asked);
    const again = first.ms - plainMs > MOST_MS ? await costOf(asked) : first;
    const ms = Math.min(first.ms, again.ms) - plainMs;
    if (ms > MOST_MS || again.status >= 500) {
      slow.push(`${name}: ${Math.round(ms)} ms, ${again.status}`);
    }
  }
  return slow;
}

const OPERATIONS = operations();

function operations(): Operation[] {
  const document = JSON.parse(readFileSync('web/public/api/openapi.json', 'utf8'));
  const schemas: Record<string, Schema> = document.components.schemas;
  const fieldsOf = ({
    $ref,
    properties = {},
    allOf = [],
    anyOf = [],
    oneOf = [],
  }: Schema): string[] => {
    const named = schemas[$ref?.replace(/^.*\//, '') ?? ''];
    const parts = [...(named === undefined ? [] : [named]), ...allOf, ...anyOf, ...oneOf];
    return [...new Set([...Object.keys(properties), ...parts.flatMap(fieldsOf)])];
  };
  return Object.entries<Record<string, DocumentedOperation>>(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path: path.replaceAll(/\{\w+\}/g, '999'),
        fields: fieldsOf(operation.requestBody?.content['application/json']?.schema ?? {}),
        query: (operation.parameters ?? []).flatMap((parameter) =>
          parameter.in === 'query' ? [parameter.name] : [],
        ),
        hasBody: operation.requestBody !== undefined,
      })),
    )
    .map((operation, turn) => ({ ...operation, turn }));
}

/** Each operation gets a part of them, each of them a part of the operations: all would take minutes. */
function aPartOf<Item>(items: readonly Item[], turn: number): Item[] {
  return items.filter((_, n) => n % PARTS === turn % PARTS);
}

function signedIn(type: string): Record<string, string> {
  return { Authorization: `Token ${token}`, 'Content-Type': type };
}

function manyObjects(): object[] {
  return Array.from({ length: MANY }, () => ({}));
}

/** Uploads a picture; returns the link to it. */
async function uploaded(): Promise<string> {
  const form = new FormData();
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3);
  form.set('file_encoded', new File([png], 'a.png', { type: 'image/png' }));
  const headers = { Authorization: `Token ${token}` };
  const made = await fetch(`${router.url}/api/v1/media/`, { method: 'POST', headers, body: form });
  const { id } = (await made.json()) as { id: string };
  return `${router.url}/api/v1/media/${id}/`;
}

const WITH_BODY = OPERATIONS.filter(({ hasBody }) => hasBody);

// What else the machine does makes the same work dearer: the best of three says what the work itself takes.
const MEASURED = { retry: 2 };

describe(
  'a megabyte of the worst input takes no more of the thread than a fifth of a second',
  MEASURED,
  () => {
    it.each(WITH_BODY)('as the JSON of $method $path', async ({ method, path, fields, turn }) => {
      const names = fields.length === 0 ? ['text'] : fields;
      const share = Math.floor(MEGABYTE / names.length / 1.2);
      const kinds = { ...WORST_TEXTS, ...WORST_VALUES };
      const worst = aPartOf(Object.entries(kinds), turn).map(([name, make]) => {
        const body = JSON.stringify(Object.fromEntries(names.map((field) => [field, make(share)])));
        return { name, method, path, headers: signedIn('application/json'), body };
      });
      const plain = { method, path, headers: signedIn('application/json'), body: '{"x":1}' };
      expect(await slowOnes(plain, worst)).toEqual([]);
    });

    it.each(WITH_BODY)('as a form of $method $path', async ({ method, path, turn }) => {
      const worst = aPartOf(WORST_FORMS, turn).map(({ name, type, body }) => {
        return { name, method, path, headers: signedIn(type), body };
      });
      const plain = { method, path, headers: signedIn('application/json'), body: '{"x":1}' };
      expect(await slowOnes(plain, worst)).toEqual([]);
    });

    it.each(['token', 'convert_refresh_token', 'convert_id_token'])(
      'from anybody at %s',
      async (name) => {
        const path = `/api/v1/auth/${name}/`;
        const method = 'POST';
        const texts = Object.entries(WORST_TEXTS).map(([kind, make]) => {
          const text = make(MEGABYTE / 2);
          const body = JSON.stringify({
            username: text,
            password: 'x',
            refresh_token: text,
            id_token: text,
          });
          return {
            name: kind,
            method,
            path,
            headers: { 'Content-Type': 'application/json' },
            body,
          };
        });
        const passwords = Object.entries(WORST_TEXTS).map(([kind, make]) => {
          const body = JSON.stringify({ username: 'x', password: make(MEGABYTE / 2) });
          const headers = { 'Content-Type': 'application/json' };
          return { name: `${kind} as a password`, method, path, headers, body };
        });
        const forms = WORST_FORMS.map(({ name: kind, type, body }) => {
          return { name: kind, method, path, headers: { 'Content-Type': type }, body };
        });
        const body = '{"username":"x","password":"x","refresh_token":"x","id_token":"x"}';
        const plain = { method, path, headers: { 'Content-Type': 'application/json' }, body };
        expect(await slowOnes(plain, [...texts, ...passwords, ...forms])).toEqual([]);
      },
    );

    it('in the path and the query of every operation', async () => {
      const reading = OPERATIONS.filter(({ method }) => method === 'GET');
      for (const { path, query, turn } of reading) {
        const worst = Object.entries(WORST_TEXTS).map(([name, make]) => {
          const names = query.length === 0 ? ['x'] : query;
          const share = Math.floor(LONGEST_ADDRESS / names.length / 6);
          const asked = names.map((one) => `${one}=${encodeURIComponent(make(share))}`).join('&');
          return {
            name: `${path} ${name}`,
            path: `${path}?${asked}`,
            headers: signedIn('text/plain'),
          };
        });
        expect(
          await slowOnes({ path, headers: signedIn('text/plain') }, aPartOf(worst, turn)),
        ).toEqual([]);
      }
      const chats = '/api/v1/chats/';
      const headers = signedIn('text/plain');
      const prefixed = ['cf_a=1&', 'cf_unread=1&', 'cf_&'].map((text) => {
        const path = `${chats}?${text.repeat(LONGEST_ADDRESS / text.length)}`;
        return { name: `${chats} and ${text}`, path, headers };
      });
      expect(await slowOnes({ path: chats, headers }, prefixed)).toEqual([]);
      const odd = [
        '/',
        '/api/v1/',
        '/activate/',
        '/app/?idt=',
        '/api/v1/media/',
        '/api/v1/?',
      ].flatMap((path) =>
        ['/', '%2f', '%', 'a&', '?', '../'].map((text) => {
          const name = `${path} and ${text}`;
          return { name, path: path + text.repeat(LONGEST_ADDRESS / text.length), headers: {} };
        }),
      );
      expect(await slowOnes({ path: '/api/v1/' }, odd)).toEqual([]);
    });

    it('in a header', async () => {
      const names = [
        'Authorization',
        'Cookie',
        'Accept',
        'If-None-Match',
        'Range',
        'Origin',
        'Referer',
        'Content-Type',
        'Idempotency-Key',
        'D360-Api-Key',
        'X-Hub-Signature-256',
        'CF-Connecting-IP',
        'X-Request-Id',
        'Webhook-Hops',
      ];
      const texts = [
        'Token ',
        'a=b; ',
        'sessionid=',
        'bytes=',
        '; boundary=',
        ', W/"a"',
        ' ',
        'a',
        ':',
        '%',
      ];
      for (const path of ['/api/v1/users/current/', '/app/', INGEST, '/']) {
        const worst = names.flatMap((header) =>
          texts.map((text) => {
            const value = `${text}${text.repeat(LONGEST_HEADER / text.length)}x`;
            const method = header === 'Content-Type' ? 'POST' : 'GET';
            return {
              name: `${path} ${header}: ${text}`,
              method,
              path,
              headers: { [header]: value },
            };
          }),
        );
        expect(await slowOnes({ path }, worst)).toEqual([]);
      }
    });

    it('at ingest, with credentials and without', async () => {
      const named = (body: unknown): string => JSON.stringify(body);
      const value = (of: object): string =>
        named({
          object: 'whatsapp_business_account',
          entry: [{ changes: [{ field: 'messages', value: of }] }],
        });
      const bodies = {
        'empty statuses': value({ statuses: manyObjects() }),
        'empty messages': value({ messages: manyObjects() }),
        'empty contacts': value({ contacts: manyObjects() }),
        'empty entries': named({ entry: manyObjects() }),
        'changes of nothing': named({ entry: [{ changes: manyObjects() }] }),
        'one entry again and again': `{${'"entry":[],'.repeat(MEGABYTE / 11)}"entry":[]}`,
        'lists in lists': `{"a":${'['.repeat(MEGABYTE / 2)}${']'.repeat(MEGABYTE / 2)}}`,
        ...Object.fromEntries(
          Object.entries(WORST_TEXTS).map(([name, make]) => [
            `a text of ${name}`,
            value({
              messages: [
                {
                  id: `wamid.${name}`,
                  from: '15550001111',
                  timestamp: '1',
                  type: 'text',
                  text: { body: make(MEGABYTE / 2) },
                },
              ],
              contacts: [{ wa_id: '15550001111', profile: { name: make(MEGABYTE / 4) } }],
            }),
          ]),
        ),
      };
      const method = 'POST';
      for (const path of [`${INGEST}?token=${WEBHOOK_TOKEN}`, INGEST]) {
        const worst = [
          ...Object.entries(bodies).map(([name, body]) => ({ name, method, path, body })),
          ...WORST_FORMS.map(({ name, body }) => ({ name, method, path, body })),
        ];
        const plain = value({
          messages: [
            {
              id: 'wamid.plain',
              from: '15550001111',
              timestamp: '1',
              type: 'text',
              text: { body: 'x'.repeat(MEGABYTE / 2) },
            },
          ],
        });
        expect(await slowOnes({ method, path, body: plain }, worst)).toEqual([]);
      }
    });

    it('in the headers and the address of a webhook, and in the links of a message', async () => {
      const path = '/api/v1/webhooks/waba/';
      const headers = signedIn('application/json');
      const url = 'http://localhost:9/';
      const webhooks = Object.entries(WORST_TEXTS).flatMap(([name, make]) => {
        const text = make(MEGABYTE / 2);
        return [
          { url, headers: { 'X-Key': text } },
          { url, headers: { [text]: 'x' } },
          { url: `http://localhost:9/${text}` },
          { url: text },
          { url, fields: Array(40).fill(text.slice(0, 10_000)), on_cloud_api: true },
          { url, secret: text },
        ].map((body) => ({
          name: `${name} in ${Object.keys(body).at(-1)}`,
          method: 'POST',
          path,
          headers,
          body: JSON.stringify(body),
        }));
      });
      const plain = { method: 'POST', path, headers, body: JSON.stringify({ url }) };
      expect(await slowOnes(plain, webhooks)).toEqual([]);
      const link = await uploaded();
      const image = (of: object): string =>
        JSON.stringify({ wa_id: '15550001111', type: 'image', image: of });
      const text = (body: string): string =>
        JSON.stringify({ wa_id: '15550001111', type: 'text', text: { body } });
      const parameters = Array.from({ length: 2_000 }, () => ({ type: 'image', image: { link } }));
      const template = {
        name: 'hello',
        language: { code: 'en' },
        components: [{ type: 'header', parameters }],
      };
      const messages = [
        ['links to one file', JSON.stringify({ wa_id: '15550001111', type: 'template', template })],
        [
          'members of an image',
          image({
            link,
            ...Object.fromEntries(Array.from({ length: 9_000 }, (_, n) => [`k${n}`, { link }])),
          }),
        ],
        ...Object.entries(WORST_TEXTS).flatMap(([name, make]) => [
          [`${name} in a link`, image({ link: `http://localhost/${make(MEGABYTE / 2)}` })],
          [`${name} in a host`, image({ link: `http://${make(MEGABYTE / 2)}` })],
          [`${name} in a text`, text(make(MEGABYTE / 2))],
          [
            `${name} in a caption`,
            image({ link: 'http://localhost/', caption: make(MEGABYTE / 2) }),
          ],
        ]),
      ] as const;
      const sent = { method: 'POST', path: '/api/v1/messages/', headers };
      const worst = messages.map(([name = '', body = '']) => ({ ...sent, name, body }));
      expect(await slowOnes({ ...sent, body: text('x') }, worst)).toEqual([]);
    });

    it('in the links of a message of somebody who may read no chat', async () => {
      const headers = signedIn('application/json');
      const link = await uploaded();
      const permissions = { can_read_chats: 'none', can_write_to_chats: 'all' };
      const draft = { username: 'limited', profile: { role: 'app' }, permissions };
      const made = await fetch(`${router.url}/api/v1/users/`, {
        method: 'POST',
        headers,
        body: JSON.stringify(draft),
      });
      const { activation_url: activation } = (await made.json()) as { activation_url: string };
      const activated = await fetch(activation);
      const { token: theirs } = (await activated.json()) as { token: string };
      const message = (count: number): Asked => {
        const parameters = Array.from({ length: count }, () => ({
          type: 'image',
          image: { link },
        }));
        const template = {
          name: 'hello',
          language: { code: 'en' },
          components: [{ type: 'header', parameters }],
        };
        const body = JSON.stringify({ wa_id: '15550001111', type: 'template', template });
        return {
          method: 'POST',
          path: '/api/v1/messages/',
          headers: { ...headers, Authorization: `Token ${theirs}` },
          body,
        };
      };
      const worst = [500, 1_500, 6_000].map((count) => ({
        name: `${count} links`,
        ...message(count),
      }));
      expect(await slowOnes(message(1), worst)).toEqual([]);
    });

    it('as a file, and as an exported chat', async () => {
      const files = Object.entries(WORST_TEXTS).flatMap(([name, make], turn) => {
        const text = make(MEGABYTE / 2).replaceAll(/["\r\n]/g, '');
        const asName = `--b\r\nContent-Disposition: form-data; name="file_encoded"; filename="${text}"\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n`;
        const asType = `--b\r\nContent-Disposition: form-data; name="file_encoded"; filename="a"\r\nContent-Type: ${text}\r\n\r\nx\r\n--b--\r\n`;
        const asText = `--b\r\nContent-Disposition: form-data; name="file_encoded"\r\n\r\n${text}\r\n--b--\r\n`;
        return aPartOf(Object.entries({ asName, asType, asText }), turn).map(([as, body]) => {
          return {
            name: `${name} ${as}`,
            method: 'POST',
            path: '/api/v1/media/',
            headers: signedIn('multipart/form-data; boundary=b'),
            body,
          };
        });
      });
      const plainFile = {
        method: 'POST',
        path: '/api/v1/media/',
        headers: signedIn('multipart/form-data; boundary=b'),
        body: '--b--\r\n',
      };
      expect(await slowOnes(plainFile, files)).toEqual([]);
      const path = '/api/v1/chat_import/';
      const importOf = (chat: string) => {
        const body = {
          chat_text: chat,
          chat_participants: [{ phone_number: '15550001111' }],
          utc_offset_minutes: 0,
          device_language_code: 'en-US',
        };
        return {
          method: 'POST',
          path,
          headers: signedIn('application/json'),
          body: JSON.stringify(body),
        };
      };
      const starts = [
        '1/31/22, 10:00 - Ada: ',
        '[1/31/22, 10:00:00 PM] Ada: ',
        '1/31/22, 10:00 PM - ',
        '',
      ];
      const chats = Object.entries(WORST_TEXTS).flatMap(([name, make], turn) =>
        aPartOf(starts, turn).map((start) => ({
          name: `${name} after ${start}`,
          ...importOf(start + make(MEGABYTE / 2)),
        })),
      );
      const broken = starts.map((start) => ({
        name: `lines of ${start}`,
        ...importOf(`${start}\u200e<a: b.c>\nx`.repeat(20_000) + '\n99/99/99, 10:00 - x'),
      }));
      expect(await slowOnes(importOf('1/31/22, 10:00 - Ada: Hi'), [...chats, ...broken])).toEqual(
        [],
      );
    });

    it('as the first frame of a websocket', async () => {
      for (const make of Object.values(WORST_TEXTS)) {
        const before = await threadMs();
        const client = await openSocket(`${router.url.replace('http', 'ws')}/ws`);
        client.socket.send(make(MEGABYTE / 2));
        client.socket.send(JSON.stringify({ token: make(MEGABYTE / 2) }));
        client.socket.send('['.repeat(MEGABYTE));
        const closed = new Promise((resolve) => client.socket.once('close', resolve));
        await closed;
        expect((await threadMs()) - before).toBeLessThan(MOST_MS);
      }
    });

    it.each([
      ['/api/v1/auth/token/', 'application/json'],
      [`${INGEST}?token=${WEBHOOK_TOKEN}`, 'application/json'],
      ['/login/', 'application/x-www-form-urlencoded'],
    ])('in chunks of a byte each, at %s', async (path, type) => {
      const head = [
        `POST ${path} HTTP/1.1`,
        'Host: localhost',
        'Connection: close',
        `Content-Type: ${type}`,
        'Transfer-Encoding: chunked',
      ].join('\r\n');
      const chunks = '1\r\n[\r\n'.repeat(CHUNKS);
      const before = await threadMs();
      const answer = await askRaw(router.port, `${head}\r\n\r\n${chunks}0\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
      expect((await threadMs()) - before).toBeLessThan(MOST_MS_OF_CHUNKS);
    });
  },
);
