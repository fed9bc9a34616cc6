import { afterEach } from 'vitest';
import { z } from 'zod';
import { startSandbox, type Sandbox, type SandboxOptions } from './start-sandbox.ts';
import { startReceiver, type Receiver } from './receiver.test-support.ts';

const KEY = 'test-key';

/** A JSON answer with the members the tests look at. */
export type Reply = {
  status: number;
  body: z.infer<typeof REPLY>;
};

const REPLY = z.looseObject({
  id: z.string().optional(),
  url: z.string().optional(),
  success: z.boolean().optional(),
  contacts: z.array(z.looseObject({})).optional(),
  messages: z.array(z.looseObject({ id: z.string() })).optional(),
  error: z.union([z.string(), z.looseObject({ code: z.number(), message: z.string() })]).optional(),
});

/** A sandbox, its receiver, and short ways to call it. */
export type Setup = {
  sandbox: Sandbox;
  receiver: Receiver;
  /** Calls WABA with the right key. */
  waba: (method: string, path: string, body?: unknown) => Promise<Reply>;
  /** Sends a message as the business. */
  send: (body: object) => Promise<Reply>;
  /** Makes a customer's phone send something. */
  phone: (customer: string, body: unknown) => Promise<Reply>;
  get: (path: string) => Promise<unknown>;
};

const open: { close(): Promise<void> }[] = [];

/** Starts a sandbox that posts to a receiver of its own; both are closed after the test. */
export async function setUp(options: Partial<SandboxOptions> = {}): Promise<Setup> {
  const receiver = await startReceiver();
  const sandbox = await startSandbox({
    port: 0,
    apiKey: KEY,
    webhookUrl: receiver.url,
    webhookHeaders: { Authorization: 'Bearer secret' },
    statusDelayMs: 5,
    openWindows: true,
    ...options,
  });
  open.push(sandbox, receiver);
  const waba = (method: string, path: string, body?: unknown) =>
    call(sandbox.url + path, { method, ...content(body), headers: wabaHeaders() });
  return {
    sandbox,
    receiver,
    waba,
    send: (body) => waba('POST', '/messages', { messaging_product: 'whatsapp', ...body }),
    phone: (customer, body) =>
      call(`${sandbox.url}/customers/${customer}/messages`, { method: 'POST', ...content(body) }),
    get: async (path) => {
      const value: unknown = await (await fetch(sandbox.url + path)).json();
      return value;
    },
  };
}

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** The headers of a WABA call with the key the test sandboxes know. */
export function wabaHeaders(): Record<string, string> {
  return { 'D360-API-KEY': KEY, 'Content-Type': 'application/json' };
}

function content(body: unknown): RequestInit {
  return body === undefined ? {} : { body: JSON.stringify(body) };
}

async function call(url: string, init: RequestInit): Promise<Reply> {
  const response = await fetch(url, init);
  return { status: response.status, body: REPLY.parse(await response.json()) };
}

/** The code of an error in Meta's shape. */
export function codeOf(reply: Reply): number | undefined {
  return typeof reply.body.error === 'object' ? reply.body.error.code : undefined;
}
