import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { FULL_RIGHTS, insertUser, type NewUser } from '../../auth/insert-user.ts';
import { currentToken } from '../../auth/token.ts';
import { openStack, type StackContext } from '../../store/open-stack.ts';
import { requestApi } from '../api.test-support.ts';

export const stack = openStack(env, 'default');

/** Who the tests are about: an admin, two users, and one who may not read every chat. */
export const PEOPLE = { admin: 101, ann: 102, ben: 103, groupie: 104 } as const;
export type Who = keyof typeof PEOPLE;

/** Stores `PEOPLE` and clears what tests before left. */
export async function preparePeople(): Promise<void> {
  await stack.db.batch([
    sql`delete from users`,
    sql`delete from user_groups`,
    sql`delete from webhooks`,
    sql`delete from deliveries`,
    sql`delete from events`,
    sql`delete from replays`,
    sql`delete from chat_queue`,
    sql`delete from attempts`,
    sql`delete from counters where name like 'totalled%'`,
    ...Object.entries(PEOPLE).flatMap(([username, id]) =>
      insertUser(stack.config, id, newUser(username)),
    ),
  ]);
}

function newUser(username: string): NewUser {
  return {
    ...FULL_RIGHTS,
    username,
    firstName: '',
    lastName: '',
    email: '',
    role: username === 'admin' ? 'admin' : 'app',
    canReadChats: username === 'groupie' ? 'group' : 'all',
    isActive: true,
    passwordHash: null,
    activationHash: null,
  };
}

/** Asks as somebody; `body` is sent as JSON, or as a form where it is one. */
export async function call(
  who: Who,
  method: string,
  path: string,
  body?: unknown,
  ctx: StackContext = stack,
): Promise<Response> {
  const token = await currentToken(ctx, PEOPLE[who]);
  const isForm = body instanceof URLSearchParams;
  return requestApi(ctx, `https://inbox.example.com/api/v1/webhooks/waba/${path}`, {
    method,
    headers: {
      authorization: `Token ${token}`,
      ...(isForm ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
}

/** What a webhook looks like in an answer. */
export interface ApiWebhook {
  id: number;
  secret: string;
  [field: string]: unknown;
}

/** Makes a webhook and returns it. */
export async function make(who: Who, body: object = {}): Promise<ApiWebhook> {
  const response = await call(who, 'POST', '', { url: 'https://example.com/hook', ...body });
  return response.json<ApiWebhook>();
}
