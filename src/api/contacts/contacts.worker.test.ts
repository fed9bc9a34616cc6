import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { currentToken } from '../../auth/token.ts';
import { contactProvidersSetting } from '../../contact-provider.ts';
import { answerRequests } from '../../inbox/media/media.test-support.ts';
import { clearInbox, seedChat, seedUser, stack } from '../../inbox/seed.test-support.ts';
import { faulty } from '../../outbound/faulty-server.test-support.ts';
import { requestApi, stackUnderTest, call } from '../api.test-support.ts';

const CRM = {
  id: 'crm',
  name: 'CRM',
  url: 'https://crm.example/people?q={search}&n={limit}',
  headers: { authorization: 'Bearer hush' },
  timeout_ms: 200,
};
const BOOK = {
  id: 'book',
  name: 'Book',
  url: 'https://book.example/?q={search}',
  resolve_url: 'https://book.example/{wa_id}/',
  timeout_ms: 200,
};

const ADA = '49151234567';

let token: string;

beforeEach(async () => {
  await clearInbox();
  token = await currentToken(stack, (await seedUser('admin', { role: 'admin' })).id);
});

afterEach(() => {
  vi.restoreAllMocks();
});

interface Shown {
  status: number;
  body: unknown;
}

async function ask(path: string, providers: object[] = [], by = token): Promise<Shown> {
  const { config, db, files } = stackUnderTest();
  const contactProviders = contactProvidersSetting.parse(JSON.stringify(providers));
  const url = `https://inbox.example/api/v1/contacts/${path}`;
  const response = await requestApi({ config: { ...config, contactProviders }, db, files }, url, {
    headers: { authorization: `Token ${by}` },
  });
  return { status: response.status, body: await response.json() };
}

function person(name: string, phone_number = ''): object {
  return { name, phone_numbers: [{ phone_number }] };
}

describe('GET /contacts/', () => {
  it('lists the customers of the inbox where no provider is connected', async () => {
    await seedChat(ADA, { name: 'Ada Lovelace' });
    await seedChat('US.13491208655302741918', { name: 'Ben' });
    expect(await ask('')).toEqual({
      status: 200,
      body: {
        count: 2,
        results: expect.arrayContaining([
          {
            name: 'Ada Lovelace',
            initials: 'AL',
            phone_numbers: [{ phone_number: ADA, description: '' }],
            email_addresses: [],
            urls: [],
            avatar: null,
            large_avatar: null,
            contact_provider: { type: 'inbox', name: 'WhatsApp', id: 'inbox' },
          },
          expect.objectContaining({ name: 'Ben', phone_numbers: [] }),
        ]),
        failed_providers: [],
      },
    });
  });

  it('asks all providers with what is searched for, and takes their contacts in turn', async () => {
    await seedChat(ADA, { name: 'Ada Own' });
    const sent = answerRequests(({ url }) =>
      Response.json(
        url.includes('crm') ? { results: [person('Ada 1'), person('Ada 2')] } : [person('Ada 3')],
      ),
    );
    const { body } = await ask('?search=%20Ada%26x%3D/..%20&limit=3', [CRM, BOOK]);
    expect(body).toMatchObject({
      count: 3,
      results: [{ name: 'Ada 1' }, { name: 'Ada 3' }, { name: 'Ada 2' }],
    });
    expect(sent.map(({ url }) => url)).toEqual([
      'https://crm.example/people?q=Ada%26x%3D%2F..&n=3',
      'https://book.example/?q=Ada%26x%3D%2F..',
    ]);
    expect(sent.map(({ headers, redirect }) => [headers.get('authorization'), redirect])).toEqual([
      ['Bearer hush', 'manual'],
      [null, 'manual'],
    ]);
    const all = await ask('?search=Ada&limit=3', [CRM, BOOK]);
    expect(all.body).toMatchObject({
      count: 3,
      results: [{ name: 'Ada 1' }, { name: 'Ada 3' }, { name: 'Ada Own' }],
    });
  });

  it.each([
    ['hangs', () => new URL(faulty('silent').url), 'It did not answer in time.'],
    ['trickles', () => new URL(faulty('trickle').url), 'It did not answer in time.'],
    ['is down', () => new Error('refused by 10.0.0.1'), 'It could not be reached.'],
    ['has no such page', () => new Response(null, { status: 404 }), 'It answered 404.'],
    ['answers 503', () => new Response('hush', { status: 503 }), 'It answered 503.'],
    [
      'redirects',
      () => new Response(null, { status: 302, headers: { location: 'http://10.0.0.1/' } }),
      'It answered 302.',
    ],
    ['answers HTML', () => new Response('<html>'), 'It did not answer with JSON.'],
    ['says too much', () => new Response('x'.repeat(2_000_000)), 'Its answer is too long.'],
  ])('names a provider that %s, and shows what the others know', async (_, answer, reason) => {
    answerRequests(({ url }) => (url.includes('crm') ? answer() : Response.json([person('Ada')])));
    const begin = Date.now();
    const { status, body } = await ask('?search=Ada', [CRM, BOOK]);
    expect(Date.now() - begin).toBeLessThan(1_500);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      count: 1,
      results: [{ name: 'Ada' }],
      failed_providers: [{ type: 'http', name: 'CRM', id: 'crm', reason }],
    });
  });

  it('asks no provider at an address that is closed to webhooks', async () => {
    const sent = answerRequests(() => Response.json([]));
    const url = 'http://169.254.169.254/latest?q={search}';
    const { body } = await ask('', [{ ...CRM, url }]);
    expect(sent).toEqual([]);
    expect(body).toMatchObject({ failed_providers: [{ id: 'crm' }] });
  });

  it('shows customers only to who may read their chats', async () => {
    const user = await seedUser('ann', { canReadChats: 'user' });
    await seedChat(ADA, { name: 'Ada', assignedUserId: user.id });
    await seedChat('49151234568', { name: 'Ben' });
    const { body } = await ask('', [], await currentToken(stack, user.id));
    expect(body).toMatchObject({ count: 1, results: [{ name: 'Ada' }] });
  });

  it.each([
    ['limit=0', 200],
    ['limit=x', 200],
    ['limit=100000', 200],
    ['search=', 200],
    ['pages=2', 200],
    [`search=${'x'.repeat(501)}`, 400],
    ['search=a%00b', 400],
  ])('with %s answers %s', async (query, status) => {
    expect((await ask(`?${query}`)).status).toBe(status);
  });

  it('is for those who are signed in, and for GET', async () => {
    expect((await call('GET', '/api/v1/contacts/')).status).toBe(403);
    expect((await call('POST', '/api/v1/contacts/', { token })).status).toBe(405);
  });
});

describe('GET /contacts/{wa_id}/', () => {
  it('shows the person and what all providers know of them, their own contact last', async () => {
    await seedChat(ADA, { name: 'Ada' });
    const sent = answerRequests(({ url }) =>
      url.includes('crm')
        ? Response.json({ results: [person('Other', '4930'), person('Ada L.', '0151 234567')] })
        : Response.json({ ...person('Countess'), avatar: 'https://book.example/a.png' }),
    );
    expect(await ask(`${ADA}/`, [CRM, BOOK])).toMatchObject({
      status: 200,
      body: {
        person: { wa_id: ADA, initials: 'A' },
        contact_provider_results: [
          { name: 'Ada L.', contact_provider: { id: 'crm' } },
          { name: 'Countess', avatar: 'https://book.example/a.png' },
          { name: 'Ada', contact_provider: { id: 'inbox' } },
        ],
        failed_providers: [],
      },
    });
    expect(sent.map(({ url }) => url)).toEqual([
      `https://crm.example/people?q=${ADA}&n=20`,
      `https://book.example/${ADA}/`,
    ]);
  });

  it('shows what providers know of a number that has no chat, or one that the user may not read', async () => {
    answerRequests(() => Response.json([person('Ada', ADA)]));
    const found = { person: null, contact_provider_results: [{ name: 'Ada' }] };
    expect(await ask(`+${ADA}/`, [CRM])).toMatchObject({ status: 200, body: found });
    await seedChat(ADA, { name: 'Secret' });
    const none = await seedUser('ann', { canReadChats: 'none' });
    const by = await currentToken(stack, none.id);
    expect(await ask(`${ADA}/`, [CRM], by)).toMatchObject({ status: 200, body: found });
    expect((await ask(`${ADA}/`, [], by)).status).toBe(404);
  });

  it('says which providers it could not ask', async () => {
    answerRequests(() => new Response(null, { status: 500 }));
    expect(await ask(`${ADA}/`, [BOOK])).toEqual({
      status: 200,
      body: {
        person: null,
        contact_provider_results: [],
        failed_providers: [{ type: 'http', name: 'Book', id: 'book', reason: 'It answered 500.' }],
      },
    });
  });

  it.each([['nobody/'], ['123/'], ['..%2F/'], [`${ADA}/`]])('finds nobody at %s', async (path) => {
    answerRequests(() => new Response(null, { status: 404 }));
    expect((await ask(path, [BOOK])).status).toBe(404);
  });

  it('leaves the operations beside it alone', async () => {
    expect(await ask('blocked/')).toMatchObject({ status: 200, body: { contacts: [] } });
  });
});
