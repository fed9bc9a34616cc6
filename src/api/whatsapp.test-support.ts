import { OpenAPIHono } from '@hono/zod-openapi';
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { User } from '../auth/user.ts';
import type { StackConfig } from '../config.ts';
import { answerRequests, type SentRequest, stack } from '../inbox/media/media.test-support.ts';
import type { Api, ApiEnv } from './api-env.ts';
import { bells } from './api.test-support.ts';
import { blockingRoutes } from './blocking/blocking-routes.ts';
import { closeRoutes } from './close-routes.ts';
import { answerError } from './errors.ts';
import { profileRoutes } from './profile/profile-routes.ts';
import { refreshRoutes } from './refreshes/refresh-routes.ts';
import { refuseInvalid } from './refuse-invalid.ts';
import { statusRoutes } from './status/status-routes.ts';
import { templateRoutes } from './templates/template-routes.ts';

const ORIGIN = 'https://inbox.example';

/** What the API answered; `body` is undefined where it is no JSON. */
export interface Answered {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
  // The tests say what they expect of it.
  body: Record<string, unknown>;
}

/** What is asked with: JSON, or anything that fetch takes as a body. */
export interface Asked {
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  /** Settings that differ from the test stack's. */
  config?: Partial<StackConfig>;
}

/** What a WABA answers to a request, by method and path; a network failure is an Error. */
export type FakeWaba = Record<string, (request: SentRequest) => Response | Error>;

/**
 * Asks the operations about the number as a user, of a stack whose WABA is at `WABA_URL`; waits for what
 * is done after the answer, too.
 */
export async function askWhatsApp(
  user: User,
  method: string,
  path: string,
  asked: Asked = {},
): Promise<Answered> {
  const context = createExecutionContext();
  const headers = new Headers(asked.headers);
  if (asked.json !== undefined) headers.set('Content-Type', 'application/json');
  const body = asked.json === undefined ? asked.body : JSON.stringify(asked.json);
  const init = { method, headers, ...(body === undefined ? {} : { body }) };
  const url = `${ORIGIN}/api/v1${path}`;
  const response = await apiFor(user, asked.config).request(url, init, env, context);
  const bytes = new Uint8Array(await response.arrayBuffer());
  await waitOnExecutionContext(context);
  return { status: response.status, headers: response.headers, bytes, body: parsed(bytes) };
}

/** Lets a WABA answer by these rules, and anything else with 404; returns what was sent. */
export function fakeWaba(answers: FakeWaba): SentRequest[] {
  return answerRequests((request) => {
    const { pathname } = new URL(request.url);
    const answer = answers[`${request.method} ${pathname}`];
    return answer?.(request) ?? new Response(null, { status: 404 });
  });
}

/** An error in Meta's shape. */
export function metaError(status: number, code: number, message: string): Response {
  return Response.json({ error: { message, code, type: 'OAuthException' } }, { status });
}

function apiFor(user: User, config: Partial<StackConfig> = {}): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });
  api.use(async (c, next) => {
    c.set('stack', { ...stack, config: { ...stack.config, ...config } });
    c.set('user', user);
    c.set('bells', bells);
    await next();
  });
  const resources = [templateRoutes, profileRoutes, refreshRoutes, statusRoutes, blockingRoutes];
  for (const register of resources) register(api);
  const closed = closeRoutes(api);
  closed.onError(answerError);
  return closed;
}

function parsed(bytes: Uint8Array): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}
