import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { Hono } from 'hono';
import { DEFAULT_STACK } from '../config.ts';
import type { OtherDialect } from '../dialect-names.ts';
import type { Bells } from '../inbox/bells.ts';
import { openStack, type StackContext } from '../store/open-stack.ts';
import type { WebhookDialect } from '../webhooks/dialect.ts';
import type { ApiEnv } from './api-env.ts';
import { createApi } from './app.ts';

/** What a test sends. `json` and `form` are bodies; `token` signs in. */
export interface Call {
  token?: string | undefined;
  json?: unknown;
  form?: Record<string, string>;
  multipart?: Record<string, string | Blob>;
  headers?: Record<string, string>;
  body?: BodyInit;
}

/** What came back, read already. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The JSON of the body; undefined where it is none. */
  body: unknown;
}

/** Whose sockets were to be closed, for which webhooks a bell rang, and when for refreshes (milliseconds). */
export const closedSockets: number[] = [];
export const rungWebhooks: number[] = [];
export const rungRefreshes: number[] = [];

/** Bells that only remember. */
export const bells: Bells = {
  events: async () => {},
  outbox: async () => {},
  media: async () => {},
  webhooks: async (ids) => {
    rungWebhooks.push(...ids);
  },
  replays: async () => {},
  pushes: async () => {},
  refreshes: async () => {
    rungRefreshes.push(Date.now());
  },
  closeSockets: async (userId) => {
    closedSockets.push(userId);
  },
};

/** The dialects that webhooks may be of; a test may add one. */
export const dialects: Partial<Record<OtherDialect, WebhookDialect>> = {};

const apps = new WeakMap<StackContext, Hono<ApiEnv>>();

/** A stack of the test environment, on its real database. */
export function stackUnderTest(name = DEFAULT_STACK): StackContext {
  return openStack(env, name);
}

/** Asks the API of a stack as the Worker mounts it; waits for what it does after the answer, too. */
export async function requestApi(
  stack: StackContext,
  url: string | URL,
  init: RequestInit,
): Promise<Response> {
  const context = createExecutionContext();
  const response = await appOf(stack).fetch(new Request(url, init), env, context);
  await waitOnExecutionContext(context);
  return response;
}

/** Calls the API of a stack by name; the answer is read already. */
export async function call(
  method: string,
  path: string,
  request: Call = {},
  stack = DEFAULT_STACK,
): Promise<Answer> {
  const headers = new Headers(request.headers);
  if (request.token !== undefined) headers.set('Authorization', `Token ${request.token}`);
  const body = bodyOf(request, headers);
  const url = new URL(path, 'https://inbox.example');
  const response = await requestApi(stackUnderTest(stack), url, { method, headers, body });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

/** Signs in and returns the token. */
export async function tokenFor(username: string, password: string): Promise<string> {
  const { text } = await call('POST', '/api/v1/auth/token/', { json: { username, password } });
  return textOf(JSON.parse(text), 'token');
}

/** Makes and activates an app; returns its token and id. */
export async function appUser(
  adminToken: string,
  username: string,
): Promise<{ token: string; id: number }> {
  const json = { username, profile: { role: 'app' } };
  const created = await call('POST', '/api/v1/users/', { token: adminToken, json });
  const activated = await call('GET', textOf(created.body, 'activation_url'));
  const id = Number(Reflect.get(Object(created.body), 'id'));
  return { token: textOf(activated.body, 'token'), id };
}

/** Returns a text out of an answer. */
export function textOf(body: unknown, field: string): string {
  const value: unknown = Reflect.get(Object(body), field);
  if (typeof value !== 'string') throw new Error(`No ${field} in ${JSON.stringify(body)}`);
  return value;
}

function appOf(stack: StackContext): Hono<ApiEnv> {
  const known = apps.get(stack);
  if (known !== undefined) return known;
  const app = new Hono<ApiEnv>({ strict: false });
  app.use(async (c, next) => {
    c.set('stack', stack);
    c.set('bells', bells);
    c.set('dialects', dialects);
    await next();
  });
  app.route('/', createApi());
  apps.set(stack, app);
  return app;
}

function bodyOf(request: Call, headers: Headers): BodyInit | null {
  if (request.json !== undefined) {
    headers.set('Content-Type', 'application/json');
    return JSON.stringify(request.json);
  }
  if (request.form !== undefined) return new URLSearchParams(request.form);
  if (request.multipart === undefined) return request.body ?? null;
  const form = new FormData();
  for (const [name, value] of Object.entries(request.multipart)) form.set(name, value);
  return form;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
