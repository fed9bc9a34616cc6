import { OpenAPIHono } from '@hono/zod-openapi';
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { User } from '../auth/user.ts';
import { stack } from '../inbox/seed.test-support.ts';
import type { WabaResult } from '../waba/answer-of.ts';
import type { Api, ApiEnv } from './api-env.ts';
import { chatRoutes } from './chats/chat-routes.ts';
import { closeRoutes } from './close-routes.ts';
import { answerError } from './errors.ts';
import { markRoutes } from './marks/mark-routes.ts';
import { messageRoutes } from './messages/message-routes.ts';
import { personRoutes } from './persons/person-routes.ts';
import { refuseInvalid } from './refuse-invalid.ts';

export const ORIGIN = 'http://waypost.test';

/** What the API answered. */
export interface Answered {
  status: number;
  // The tests say what they expect of it.
  body: Record<string, unknown>;
}

/** The messages that WhatsApp was told to be read, newest last, and what it answers. */
export const whatsapp: { read: string[]; answer: WabaResult } = {
  read: [],
  answer: { kind: 'answered', status: 200, body: { success: true } },
};

/** Asks the reading side of the API as a user; waits for what it does after the answer, too. */
export async function ask(user: User, path: string, body?: unknown): Promise<Answered> {
  const context = createExecutionContext();
  const headers = { 'Content-Type': 'application/json' };
  const post = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await readingApi(user).request(
    path.startsWith(ORIGIN) ? path : `${ORIGIN}/api/v1${path}`,
    body === undefined ? {} : post,
    env,
    context,
  );
  const answered: Answered = { status: response.status, body: await response.json() };
  await waitOnExecutionContext(context);
  return answered;
}

/** Asks for a list; fails where the answer is none. */
export async function askList<Item>(
  user: User,
  path: string,
): Promise<{ count: number; next: string | null; previous: string | null; results: Item[] }> {
  const { status, body } = await ask(user, path);
  if (status !== 200) throw new Error(`${path} was answered with ${status}`);
  return body as Awaited<ReturnType<typeof askList<Item>>>;
}

function readingApi(user: User): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });
  api.use(async (c, next) => {
    c.set('stack', stack);
    c.set('user', user);
    await next();
  });
  messageRoutes(api);
  chatRoutes(api);
  personRoutes(api);
  markRoutes(api, () => ({
    markRead: async (wabaId) => {
      whatsapp.read.push(wabaId);
      return whatsapp.answer;
    },
  }));
  const closed = closeRoutes(api);
  closed.onError(answerError);
  return closed;
}
