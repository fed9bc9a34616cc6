import { sql } from 'drizzle-orm';
import { FULL_RIGHTS, insertUser, type NewUser } from '../../auth/insert-user.ts';
import { currentToken } from '../../auth/token.ts';
import type { Scope } from '../../auth/user.ts';
import { stack } from '../../inbox/media/media.test-support.ts';
import { requestApi } from '../api.test-support.ts';

/** Who the tests are about: an admin, and users by the chats that they may read. */
export const PEOPLE = { admin: 201, all: 202, group: 203, user: 204, none: 205 } as const;
export type Who = keyof typeof PEOPLE;

export const HOST = 'https://inbox.example.com';

/** Stores `PEOPLE`. */
export async function preparePeople(): Promise<void> {
  const people = Object.entries(PEOPLE);
  await stack.db.batch([
    ...people.flatMap(([who, id]) => insertUser(stack.config, id, personOf(who))),
    sql`insert into groups (id, name) values (77, 'Night shift')`,
    sql`insert into user_groups (user_id, group_id) values (${PEOPLE.group}, 77)`,
  ]);
}

function personOf(who: string): NewUser {
  const scope: Scope = who === 'group' || who === 'user' || who === 'none' ? who : 'all';
  return {
    ...FULL_RIGHTS,
    canReadChats: scope,
    username: who,
    firstName: '',
    lastName: '',
    email: '',
    role: who === 'admin' ? 'admin' : 'user',
    isActive: true,
    passwordHash: null,
    activationHash: null,
  };
}

/** Asks the API as somebody, or as nobody. `target` is a path, or a link to `HOST`. */
export async function ask(
  who: Who | undefined,
  target: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  // Otherwise every answer would have another one.
  headers.set('x-request-id', 'test');
  if (who !== undefined) {
    headers.set('authorization', `Token ${await currentToken(stack, PEOPLE[who])}`);
  }
  return requestApi(stack, new URL(target, HOST), { ...init, headers });
}

/** Returns a body as text, of whatever type it says it is. */
export async function textOf(response: Response): Promise<string> {
  return new TextDecoder().decode(await response.arrayBuffer());
}

/** Puts a message with a file into a chat, which is assigned as told. */
export async function messageWith(
  mediaId: string,
  assigned: { userId?: number; groupId?: number } = {},
): Promise<void> {
  const waId = String(Math.floor(Math.random() * 1e15));
  await stack.db.batch([
    sql`insert into chats (wa_id, contact, assigned_user_id, assigned_group_id)
        values (${waId}, '{}', ${assigned.userId ?? null}, ${assigned.groupId ?? null})`,
    sql`insert into messages (id, chat, from_us, type, timestamp, payload, media_id)
        values (${crypto.randomUUID()}, ${waId}, 0, 'image', 1, '{}', ${mediaId})`,
  ]);
}

/** Returns the time so many seconds from now, in POSIX seconds. */
export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}
