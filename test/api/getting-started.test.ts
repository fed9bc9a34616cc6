import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_KEY, startWorld, type Subscriber, type World } from '../support/world.ts';

// The chapters of the document that newcomers follow, request by request as they are printed there.
const CUSTOMER = '48123123123';

let world: World;
let token: string;

beforeAll(async () => {
  world = await startWorld({ ADMIN_USERNAME: 'peter', ADMIN_PASSWORD: 'secret' });
});

afterAll(() => world?.close());

interface Answer<Body> {
  status: number;
  body: Body;
}

/** Asks as a printed line does: with its method, its headers and its data. */
async function curl<Body = unknown>(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  data?: string,
): Promise<Answer<Body>> {
  const init = { method, headers, ...(data === undefined ? {} : { body: data }) };
  const response = await fetch(new URL(path, world.router.url), init);
  return { status: response.status, body: (await response.json()) as Body };
}

const JSON_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' };

/** The header that a token is sent in. */
function by(value: string): Record<string, string> {
  return { Authorization: `Token ${value}` };
}

describe('Authorization', () => {
  it('obtains a token', async () => {
    const data = '{"username": "peter", "password": "secret"}';
    const answer = await curl<{ token: string }>('POST', '/api/v1/auth/token/', JSON_HEADERS, data);
    expect(answer).toEqual({
      status: 200,
      body: { token: expect.stringMatching(/^[0-9a-f]{40}$/) },
    });
    ({ token } = answer.body);
  });

  it('lets a provider in by the key of the number, and nobody by another', async () => {
    const ask = (key: string) =>
      curl('GET', '/api/v1/users/current/', { 'D360-Api-Key': key, Accept: 'application/json' });
    expect(await ask(API_KEY)).toMatchObject({
      status: 200,
      body: {
        username: 'peter',
        profile: { role: 'admin' },
        groups: [{ name: 'Admin' }],
        permissions: { can_use_tags: true, can_read_chats: 'all', can_write_to_chats: 'all' },
      },
    });
    expect(await ask('xEZOvMBDS6zEZtbR2xCJkP5R75szhCUIvMH')).toEqual({
      status: 403,
      body: { detail: 'Authentication credentials were not provided.' },
    });
  });
});

describe('Getting started', () => {
  beforeAll(async () => {
    for (const text of ['one', 'two']) await world.write(CUSTOMER, { text });
  });

  interface Page {
    count: number;
    next: string | null;
    results: { waba_payload: { timestamp: string; text: { body: string } } }[];
  }

  it('sees in the chats where messages are new, and how many', async () => {
    const answer = await curl('GET', '/api/v1/chats/', by(token));
    expect(answer).toMatchObject({
      status: 200,
      body: { results: [{ wa_id: CUSTOMER, new_messages: 2 }] },
    });
  });

  it('reads the messages of a chat in batches, from newest to oldest', async () => {
    const path = `/api/v1/messages/?wa_id=${CUSTOMER}`;
    const one = await curl<Page>('GET', `${path}&limit=1`, by(token));
    expect(one.body).toMatchObject({
      count: 2,
      next: expect.stringContaining('offset=1'),
      previous: null,
      results: [
        {
          waba_payload: { from: CUSTOMER, type: 'text', text: { body: 'two' } },
          customer_wa_id: CUSTOMER,
          from_us: false,
          received: false,
          sender: null,
        },
      ],
    });
    // A shell that is given the line without quotes cuts it at the ampersand.
    const cut = await curl<Page>('GET', path, by(token));
    expect(cut.body.results.map(({ waba_payload }) => waba_payload.text.body)).toEqual([
      'two',
      'one',
    ]);
    const before = `${path}&limit=20&before_time=1612544982`;
    expect((await curl<Page>('GET', before, by(token))).body.results).toEqual([]);
    const later = Number(cut.body.results[0]?.waba_payload.timestamp) + 1;
    const older = await curl<Page>('GET', `${path}&limit=20&before_time=${later}`, by(token));
    expect(older.body.results).toHaveLength(2);
  });

  it('marks them as received, by the endpoint or while reading', async () => {
    const unread = async () => {
      const { body } = await curl<{ new_messages: number }>(
        'GET',
        `/api/v1/chats/${CUSTOMER}/`,
        by(token),
      );
      return body.new_messages;
    };
    const timestamp = Math.floor(Date.now() / 1000);
    const mark = JSON.stringify({ timestamp, customer_wa_id: CUSTOMER });
    const headers = { ...by(token), ...JSON_HEADERS };
    expect(await curl('POST', '/api/v1/mark_as_received/', headers, mark)).toEqual({
      status: 201,
      body: {},
    });
    expect(await unread()).toBe(0);
    await world.write(CUSTOMER, { text: 'three' });
    expect(await unread()).toBe(1);
    const path = `/api/v1/messages/?wa_id=${CUSTOMER}&mark_as_received=true`;
    await curl('GET', path, by(token));
    expect(await unread()).toBe(0);
  });

  it('sends a message', async () => {
    const data = `{"wa_id": "${CUSTOMER}", "text": {"body": "Hello!"}}`;
    const headers = { ...by(token), ...JSON_HEADERS };
    expect(await curl('POST', '/api/v1/messages/', headers, data)).toMatchObject({ status: 202 });
    await expect
      .poll(() => world.sandbox.sent)
      .toMatchObject([{ to: CUSTOMER, body: { type: 'text', text: { body: 'Hello!' } } }]);
  });
});

describe('Integrating a bot', () => {
  let bot: string;
  let id: number;
  let subscriber: Subscriber;

  it('creates a user for it, whose link tells the token once', async () => {
    const data = `{
  "username": "My Bot",
  "profile": {
    "role": "app"
  }
}`;
    const made = await curl<{ id: number; activation_url: string }>(
      'POST',
      '/api/v1/users/',
      { ...by(token), ...JSON_HEADERS },
      data,
    );
    expect(made.status).toBe(201);
    ({ id } = made.body);
    const activated = await curl<{ token: string }>('GET', made.body.activation_url);
    expect(activated).toEqual({ status: 200, body: { token: expect.any(String) } });
    bot = activated.body.token;
    expect(await curl('GET', made.body.activation_url)).toMatchObject({ status: 404 });
  });

  it('creates a webhook for it', async () => {
    subscriber = await world.subscriber();
    const data = `{
  "url": "${subscriber.url}",
  "on_incoming_message": true,
  "on_outgoing_message": false,
  "on_assigned": true,
  "headers": {}
}`;
    const headers = { ...by(bot), ...JSON_HEADERS };
    expect(await curl('POST', '/api/v1/webhooks/waba/', headers, data)).toMatchObject({
      status: 201,
      body: { user: { username: 'My Bot' }, url: subscriber.url, on_assigned: true },
    });
  });

  it('takes a chat that nobody has, and answers what the customer writes in it', async () => {
    const wabaId = await world.write(CUSTOMER, { text: 'Anybody there?' });
    const newest = [{ customer_wa_id: CUSTOMER, waba_payload: { id: wabaId } }];
    await expect
      .poll(() => subscriber.with('incoming_messages'))
      .toMatchObject([{ incoming_messages: newest }]);
    const path = `/api/v1/chat_assignment/${CUSTOMER}/`;
    const nobody = { wa_id: CUSTOMER, assigned_to_user: null, assigned_group: null };
    expect((await curl('GET', path, by(bot))).body).toEqual(nobody);
    const headers = { ...by(bot), ...JSON_HEADERS };
    const change = JSON.stringify({ wa_id: CUSTOMER, assigned_to_user: id });
    expect(await curl('PATCH', path, headers, change)).toMatchObject({ status: 200 });
    await expect
      .poll(() => subscriber.with('assigned_messages'))
      .toMatchObject([{ assigned_messages: newest }]);
    const answer = { wa_id: CUSTOMER, type: 'text', text: { body: 'I am a bot.' } };
    await curl('POST', '/api/v1/messages/', headers, JSON.stringify(answer));
    await expect
      .poll(() => world.sandbox.sent.map(({ body }) => body['text']))
      .toEqual([{ body: 'Hello!' }, { body: 'I am a bot.' }]);
  });

  it('hides its conversation from people, and shows it', async () => {
    const headers = { ...by(token), ...JSON_HEADERS };
    const person = await curl<{ id: number; activation_url: string }>(
      'POST',
      '/api/v1/users/',
      headers,
      '{"username": "agent"}',
    );
    await curl('GET', person.body.activation_url);
    const permissions = `{
  "permissions": {
    "can_use_tags": true,
    "can_read_chats": "group",
    "can_write_to_chats": "group"
  }
}`;
    await curl('PATCH', `/api/v1/users/${person.body.id}/`, headers, permissions);
    const refresh = await curl<{ refresh_token: string }>(
      'GET',
      `/api/v1/auth/refresh_token/${person.body.id}/`,
      by(token),
    );
    const converted = await curl<{ token: string }>(
      'POST',
      '/api/v1/auth/convert_refresh_token/',
      JSON_HEADERS,
      JSON.stringify(refresh.body),
    );
    const seen = async () =>
      (await curl<{ count: number }>('GET', '/api/v1/chats/', by(converted.body.token))).body.count;
    const assign = (group: number) =>
      curl(
        'PATCH',
        `/api/v1/chat_assignment/${CUSTOMER}/`,
        { ...by(bot), ...JSON_HEADERS },
        `{"wa_id": "${CUSTOMER}", "assigned_group": ${group}}`,
      );
    expect(await seen()).toBe(0);
    await assign(1);
    expect(await seen()).toBe(1);
    await assign(0);
    expect(await seen()).toBe(0);
  });
});

describe('Password-less authentication flow', () => {
  it.each(['/app?idt=', '/app/?idt='])('redirects a user to %s, signed in', async (address) => {
    const { body } = await curl<{ refresh_token: string }>('GET', '/api/v1/auth/refresh_token/1/', {
      'D360-Api-Key': API_KEY,
    });
    const url = `${world.router.url}${address}${body.refresh_token}`;
    const entered = await fetch(url, { redirect: 'manual' });
    expect([entered.status, entered.headers.get('location')]).toEqual([302, '/app/']);
    const cookies = entered.headers.getSetCookie().map((line) => line.split(';')[0]);
    const cookie = { cookie: cookies.join('; ') };
    expect((await curl('GET', '/api/v1/users/current/', cookie)).body).toMatchObject({
      username: 'peter',
    });
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(403);
  });
});
