import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activateUser } from './support/activate-user.ts';
import { openSocket, type SocketClient } from './support/socket-client.ts';
import { startWorld, type World } from './support/world.ts';

/** The service's own inbox, a page of another origin, does against a whole router what it does in a browser. */

const PAGE = 'https://inbox.vendor.example';
const CUSTOMER = '48500500500';
const OTHER = '48500500501';
const UNDELIVERABLE = 131_026;
const DETAILS = 'The recipient is not on WhatsApp.';

/** What people attach: the first bytes of a file of each kind, and how the inbox names it. */
const FILES = [
  ['image', 'cat.png', 'image/png', Buffer.from('89504e470d0a1a0a0000', 'hex')],
  ['audio', 'voice.ogg', 'audio/ogg', Buffer.from('OggS rest')],
  ['video', 'cat.mp4', 'video/mp4', Buffer.from('\0\0\0\x20ftypisom', 'latin1')],
  ['document', 'bill.pdf', 'application/pdf', Buffer.from('%PDF-1.7')],
  ['sticker', 'cat.webp', 'image/webp', Buffer.from('RIFF\0\0\0\0WEBPVP8 ', 'latin1')],
] as const;

type Json = Record<string, unknown>;

let world: World;
let socket: SocketClient;
let token: string | undefined;

/** One call as the page makes it. */
async function call<Body = Json>(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: Body; headers: Headers }> {
  const isForm = body instanceof FormData;
  const headers = new Headers({ origin: PAGE, 'x-request-id': crypto.randomUUID() });
  if (token !== undefined) headers.set('authorization', `Token ${token}`);
  if (body !== undefined && !isForm) headers.set('content-type', 'application/json');
  const response = await fetch(`${world.router.url}/api/v1/${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const answer = (isJson ? await response.json() : await response.arrayBuffer()) as Body;
  return { status: response.status, body: answer, headers: response.headers };
}

/** What `<img>`, `<audio>` and `<video>` do: no header says who asks. */
async function loadBare(link: string): Promise<{ status: number; type: string; bytes: Buffer }> {
  const response = await fetch(link);
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

interface Message {
  id: string;
  is_failed: boolean;
  resend_payload: Json | null;
  waba_payload: Json & { id: string };
}

async function messagesOf(customer: string): Promise<Message[]> {
  const query = `wa_id=${customer}&limit=30&offset=0`;
  return (await call<{ results: Message[] }>('GET', `messages/?${query}`)).body.results;
}

/** What a path of keys leads to in the frames that came, oldest first; lists are gone through. */
function inFrames(...keys: string[]): Json[] {
  let found: unknown[] = socket.frames;
  for (const key of keys)
    found = found
      .flatMap((one) => (typeof one === 'object' && one !== null ? Reflect.get(one, key) : []))
      .filter((one) => one !== undefined);
  return found as Json[];
}

const inboundFrames = () => inFrames('waba_payload', 'entry', 'changes', 'value', 'messages');
const outgoingFrames = () => inFrames('waba_payload', 'outgoing_messages');

beforeAll(async () => {
  world = await startWorld({ CORS_ORIGINS: PAGE });
  const user = { username: 'ada', permissions: {} };
  const { id, activation_url } = await world.admin.api.createNewUser({ body: user });
  await activateUser(activation_url);
  await world.admin.api.changeUserPassword({
    params: { id },
    body: { password: 'Correct-horse-9' },
  });
  await world.write(CUSTOMER, { text: 'Hello', name: 'Ben' });
  await world.write(OTHER, { text: 'Hello', name: 'Cleo' });
});

afterAll(async () => {
  socket?.close();
  await world?.close();
});

describe('the inbox of a regular user', () => {
  it('signs in and starts up, without an error', async () => {
    const credentials = { username: 'ada', password: 'Correct-horse-9' };
    const signedIn = await call<{ token: string }>('POST', 'auth/token/', credentials);
    expect(signedIn.status).toBe(200);
    expect(signedIn.headers.get('access-control-allow-origin')).toBe(PAGE);
    ({ token } = signedIn.body);
    for (const path of [
      'users/current/',
      'users/?limit=5000',
      'groups/',
      'contacts/?limit=100',
      'saved_responses/',
      'templates/',
      'tags/',
      'chats/?search=&limit=20',
      'chats/?search=&limit=20&cf_unread=true',
      'whatsapp_accounts/?this_instance=true',
      `contacts/${CUSTOMER}/`,
    ])
      expect([path, (await call('GET', path)).status]).toEqual([path, 200]);
    // None yet; anything but 200 and 404 is an error to it.
    expect((await call('GET', 'settings/profile/photo/')).status).toBe(404);
    socket = await openSocket(`ws://localhost:${world.router.port}/ws`, token);
    expect(socket.frames[0]).toMatchObject({ type: 'token', status: 'success' });
  });

  it('opens a chat', async () => {
    const since = Math.floor(Date.now() / 1000) - 3_600;
    for (const path of [
      `chats/${CUSTOMER}/`,
      `persons/${CUSTOMER}/`,
      `messages/?wa_id=${CUSTOMER}&limit=30&offset=0`,
      `messages/?wa_id=${CUSTOMER}&limit=30&before_time=${since}`,
      `chat_assignment_events/?wa_id=${CUSTOMER}&since_time=${since}`,
      `chat_tagging_events/?wa_id=${CUSTOMER}&since_time=${since}`,
    ])
      expect([path, (await call('GET', path)).status]).toEqual([path, 200]);
    const mark = { customer_wa_id: CUSTOMER, timestamp: Math.floor(Date.now() / 1000) };
    expect((await call('POST', 'mark_as_received/', mark)).status).toBe(201);
  });

  it.each(FILES)(
    'shows a live %s by the link in the frame, bare',
    async (type, _, mimeType, bytes) => {
      const before = inboundFrames().length;
      const media = { mime_type: mimeType, media_base64: bytes.toString('base64') };
      const wamid = await world.write(CUSTOMER, { type, [type]: {}, ...media });
      await expect.poll(() => inboundFrames().length).toBe(before + 1);
      const shown = inboundFrames().at(-1)?.[type] as { id: string; link: string };
      expect(inboundFrames().at(-1)).toMatchObject({ id: wamid, type });
      // At once: a browser does not ask for a picture twice.
      expect(await loadBare(shown.link)).toEqual({ status: 200, type: mimeType, bytes });
      const byWhatsAppsId = await call<ArrayBuffer>('GET', `media/${shown.id}`);
      expect([byWhatsAppsId.status, Buffer.from(byWhatsAppsId.body)]).toEqual([200, bytes]);
      expect((await loadBare(`${world.router.url}/api/v1/media/${shown.id}`)).status).toBe(403);
    },
  );

  it('shows the files of a chat that it opens, bare', async () => {
    const messages = await messagesOf(CUSTOMER);
    for (const [type, , mimeType, bytes] of FILES) {
      const shown = messages.map(({ waba_payload: payload }) => payload[type]).find(Boolean);
      const { link } = shown as { link: string };
      expect(await loadBare(link)).toEqual({ status: 200, type: mimeType, bytes });
    }
  });

  it('writes a text', async () => {
    const text = { wa_id: CUSTOMER, type: 'text', text: { body: 'Good evening' } };
    expect((await call('POST', 'messages/', text)).status).toBe(202);
    await expect.poll(() => world.sandbox.sent).toMatchObject([{ to: CUSTOMER }]);
  });

  it.each(FILES)(
    'sends a file as %s as it posts one, and shows it bare',
    async (type, name, mimeType, bytes) => {
      const form = new FormData();
      form.set('file_encoded', new File([bytes], name, { type: mimeType }));
      const uploaded = await call<{ file: string; id: string }>('POST', 'media/', form);
      expect(uploaded.status).toBe(201);
      const isNamed = type === 'document' ? { filename: name } : {};
      const content = { link: uploaded.body.file, mime_type: mimeType, ...isNamed };
      const message = { wa_id: CUSTOMER, type, [type]: content };
      const accepted = await call<{ id: string }>('POST', 'messages/', message);
      expect(accepted.status).toBe(202);
      const sent = () => world.sandbox.sent.find(({ body }) => body['type'] === type);
      await expect.poll(sent).toBeDefined();
      expect(sent()?.body[type]).toEqual({ id: expect.any(String), ...isNamed });
      const shown = () => outgoingFrames().find(({ id }) => id === accepted.body.id);
      await expect.poll(shown).toBeDefined();
      const { link } = (shown() as unknown as Message).waba_payload[type] as { link: string };
      expect(await loadBare(link)).toEqual({ status: 200, type: mimeType, bytes });
    },
  );

  it('sends a template as it posts one', async () => {
    const body = {
      namespace: '5b3b7ba1_5b6f_4c2c_9a7e_5d1f0f0c9e11',
      name: 'hello_world',
      language: { policy: 'deterministic', code: 'en_US' },
      components: [],
    };
    const template = { wa_id: CUSTOMER, type: 'template', template: body };
    expect((await call('POST', 'messages/', template)).status).toBe(202);
    const { namespace: _, ...sent } = body;
    await expect
      .poll(() => world.sandbox.sent.at(-1)?.body)
      .toMatchObject({ type: 'template', template: sent });
    expect(world.sandbox.sent.at(-1)?.body['template']).not.toHaveProperty('namespace');
  });

  it('forwards a file that it was shown, with all that it was told of it', async () => {
    const [shown] = (await messagesOf(CUSTOMER)).filter(
      ({ waba_payload: payload }) => payload['type'] === 'image' && payload['from'] === CUSTOMER,
    );
    const message = { wa_id: OTHER, type: 'image', image: shown?.waba_payload['image'] };
    expect((await call('POST', 'messages/', message)).status).toBe(202);
    await expect
      .poll(() =>
        world.sandbox.sent.filter(({ to }) => to === OTHER).map(({ body }) => body['image']),
      )
      .toEqual([{ id: expect.any(String) }]);
  });
});

describe('a message that fails', () => {
  let failed: string;

  it('is told at once', async () => {
    world.sandbox.failNext({
      path: '/messages',
      times: 1,
      status: 400,
      body: {
        error: {
          code: UNDELIVERABLE,
          message: 'Message undeliverable',
          error_data: { messaging_product: 'whatsapp', details: DETAILS },
        },
      },
    });
    const text = { wa_id: CUSTOMER, type: 'text', text: { body: 'Are you there?' } };
    failed = (await call<{ id: string }>('POST', 'messages/', text)).body.id;
    await expect
      .poll(() => outgoingFrames().find(({ id }) => id === failed))
      .toMatchObject({ is_failed: true });
  });

  it('shows its reason and whom it was for, live and in the list', async () => {
    const wanted = {
      is_failed: true,
      waba_payload: {
        wa_id: CUSTOMER,
        errors: [{ code: UNDELIVERABLE, title: expect.any(String), details: DETAILS }],
      },
    };
    expect((await messagesOf(CUSTOMER)).find(({ id }) => id === failed)).toMatchObject(wanted);
    expect(outgoingFrames().find(({ id }) => id === failed)).toMatchObject(wanted);
  });

  it('is sent by its Retry, which posts what the message says', async () => {
    const sent = world.sandbox.sent.length;
    const [message] = (await messagesOf(CUSTOMER)).filter(({ id }) => id === failed);
    const retried = await call<{ id: string }>('POST', 'messages/', message?.resend_payload ?? {});
    expect(retried.status).toBe(202);
    expect(retried.body.id).not.toBe(failed);
    await expect.poll(() => world.sandbox.sent.length).toBe(sent + 1);
    expect(world.sandbox.sent.at(-1)).toMatchObject({
      to: CUSTOMER,
      body: { type: 'text', text: { body: 'Are you there?' } },
    });
  });
});
