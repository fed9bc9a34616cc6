import { afterEach, describe, expect, it, vi } from 'vitest';
import { isProviderKey } from '../auth/provider.ts';
import type { ContactProvider } from '../contact-provider.ts';
import { askProvider } from '../inbox/contacts/ask-provider.ts';
import { fetchMedia } from '../inbox/media/fetch-media.ts';
import {
  answerRequests,
  incomingFile,
  info,
  META_LINK,
  type SentRequest,
  stack,
  WABA_URL,
} from '../inbox/media/media.test-support.ts';
import { downloadPhoto } from '../inbox/profile/refresh-profile.ts';
import { fakeGoogle, newAccount } from '../inbox/push/push.test-support.ts';
import { sendPush } from '../inbox/push/send-push.ts';
import { wabaClient } from '../waba/client.ts';
import { attempt } from './attempt.ts';
import { newWebhookSecret } from './signature.ts';
import { USER_AGENT } from './user-agent.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What was sent while `work` was done, its answers being `answer`'s. */
async function sentBy(
  work: () => Promise<unknown>,
  answer: (request: SentRequest) => Response = () => new Response(null, { status: 404 }),
): Promise<SentRequest[]> {
  vi.spyOn(console, 'log').mockReturnValue();
  const sent = answerRequests(answer);
  await work().catch(() => undefined);
  return sent;
}

const CONTACT_BOOK: ContactProvider = {
  id: 'crm',
  name: 'CRM',
  url: 'https://crm.example/?q={search}',
  resolveUrl: undefined,
  headers: {},
  results: '',
  fields: {
    name: ['name'],
    phoneNumbers: 'phone',
    emailAddresses: '',
    urls: '',
    avatar: '',
    largeAvatar: '',
  },
  timeoutMs: 1_000,
};

/** Who asks somebody over the network, and in how many requests. */
const CLIENTS: Record<string, () => Promise<[SentRequest[], number]>> = {
  'messages to WABA': async () => {
    const client = wabaClient(stack.config);
    return [await sentBy(() => client.sendMessage({ type: 'text' })), 1];
  },
  'uploads to WABA': async () => {
    const client = wabaClient(stack.config);
    const body = new Blob(['x']).stream();
    const file = { body, size: 1, filename: 'a.txt', mimeType: 'text/plain' };
    return [await sentBy(() => client.uploadMedia(file)), 1];
  },
  "WABA's word on a key": async () => [
    await sentBy(() => isProviderKey({ ...stack.config }, 'a-key-of-somebody')),
    1,
  ],
  'a file and where it is': async () => {
    const id = await incomingFile();
    const answer = ({ url }: SentRequest): Response =>
      url.startsWith(`${WABA_URL}/whatsapp_business`) ? new Response('bytes') : info();
    return [await sentBy(() => fetchMedia(stack, id, 2_000), answer), 2];
  },
  'the photo at WABA': async () => [
    await sentBy(() => downloadPhoto(stack.config, `${WABA_URL}/photo`)),
    1,
  ],
  'the photo at Meta': async () => [await sentBy(() => downloadPhoto(stack.config, META_LINK)), 1],
  'a contact book': async () => {
    const policy = { allowPrivate: false, ownHosts: [] };
    const question = { kind: 'search', search: 'ann', limit: 5 } as const;
    return [await sentBy(() => askProvider(CONTACT_BOOK, question, policy)), 1];
  },
  'a webhook': async () => {
    const request = {
      url: 'https://hooks.example.com/',
      headers: {},
      secrets: [newWebhookSecret()],
      id: 'e-1',
      body: new Uint8Array(),
    };
    const policy = { allowPrivate: false, ownHosts: [], deadlineMs: 1_000 };
    return [await sentBy(() => attempt(request, policy)), 1];
  },
};

describe('a request of ours says who asks', () => {
  it.each(Object.keys(CLIENTS))('for %s', async (client) => {
    const [sent, count] = (await CLIENTS[client]?.()) ?? [[], -1];
    const agents = sent.map(({ headers }) => headers.get('user-agent'));
    expect(agents).toEqual(Array.from({ length: count }, () => USER_AGENT));
  });

  it('for a push message and its access token', async () => {
    const account = await newAccount();
    fakeGoogle();
    const asked = vi.mocked(fetch).mock.calls;
    await sendPush(account, 'device', { title: 't', body: 'b', data: {}, chat: '1' });
    const agents = asked.map(([, init]) => new Headers(init?.headers).get('user-agent'));
    expect(agents).toEqual([USER_AGENT, USER_AGENT]);
  });
});
