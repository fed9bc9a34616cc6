import { vi } from 'vitest';
import { connect, type Client } from '../../client/index.js';
import type { Sandbox, SandboxOptions } from '../../sandbox/start-sandbox.ts';
import { freePort } from './free-port.ts';
import { startReceiver, type Receiver } from './receiver.ts';
import { startRouter, type Router } from './router.ts';
import { startSandboxFor } from './sandbox.ts';

/** The number's key at 360dialog. */
export const API_KEY = 'key-of-the-number';
const WEBHOOK_TOKEN = 'a-webhook-token';

const ARRIVAL_MS = 10_000;

/** Someone who asks the API by the names of its operations. */
export interface Caller {
  api: Client;
  token: string;
  /** The status of the latest answer. */
  status(): number | undefined;
}

/** A subscriber's endpoint that understands what it gets. */
export interface Subscriber extends Receiver {
  /** The bodies that have a field, oldest first. */
  with(field: string): Record<string, unknown>[];
}

/** A router whose number is a sandbox's, with its first admin signed in. */
export interface World {
  router: Router;
  sandbox: Sandbox;
  admin: Caller;
  /** Someone with a token; without one, whoever is not signed in. */
  caller(token?: string): Caller;
  subscriber(): Promise<Subscriber>;
  /** A customer's phone sends a message; returns the id that WhatsApp gives it, once it is in the inbox. */
  write(customer: string, message: object): Promise<string>;
  close(): Promise<void>;
}

/** Starts a world; `settings` go to the router, `options` to the sandbox. */
export async function startWorld(
  settings: Record<string, string> = {},
  options: Partial<SandboxOptions> = {},
): Promise<World> {
  const port = await freePort();
  const sandbox = await startSandboxFor(port, {
    apiKey: API_KEY,
    webhookHeaders: { authorization: `Bearer ${WEBHOOK_TOKEN}` },
    ...options,
  });
  const router = await startRouter({
    PORT: String(port),
    WABA_API_URL: sandbox.url,
    D360_API_KEY: API_KEY,
    WEBHOOK_TOKEN,
    ...settings,
  });
  const subscribers: Subscriber[] = [];
  const caller = (token?: string) => callerOf(router.url, token);
  const { ADMIN_USERNAME: username = 'admin', ADMIN_PASSWORD: password = 'admin' } = settings;
  const { token } = await caller().api.createAuthToken({ body: { username, password } });
  return {
    router,
    sandbox,
    admin: caller(token),
    caller,
    subscriber: async () => {
      const subscriber = await startSubscriber();
      subscribers.push(subscriber);
      return subscriber;
    },
    write: async (customer, message) => {
      const path = `${sandbox.url}/customers/${customer}/messages`;
      const response = await fetch(path, { method: 'POST', body: JSON.stringify(message) });
      const { id } = (await response.json()) as { id: string };
      // Not seen by `status()` of the tests' admin, which tells of what they asked.
      const { api } = caller(token);
      await vi.waitFor(() => api.retrieveMessage({ params: { id } }), { timeout: ARRIVAL_MS });
      return id;
    },
    close: async () => {
      await router.close();
      await Promise.all([sandbox.close(), ...subscribers.map((one) => one.close())]);
    },
  };
}

function callerOf(url: string, token = ''): Caller {
  let status: number | undefined;
  const watched = async (request: Request): Promise<Response> => {
    const response = await fetch(request);
    ({ status } = response);
    return response;
  };
  const who = token === '' ? {} : { token };
  return { api: connect({ url, ...who, fetch: watched }), token, status: () => status };
}

async function startSubscriber(): Promise<Subscriber> {
  const receiver = await startReceiver();
  const bodies = (): Record<string, unknown>[] =>
    receiver.received.map(({ body }) => JSON.parse(body));
  // The receiver itself and no copy: how it answers is set on it.
  return Object.assign(receiver, {
    with: (field: string) => bodies().filter((body) => field in body),
  });
}
