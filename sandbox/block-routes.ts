import { z } from 'zod';
import type { BlockedUser } from './account.ts';
import type { Answer } from './answer.ts';
import { json, Problem } from './answer.ts';
import { PHONE_NUMBER, USER_ID } from './customer.ts';
import { readJson, type Route, type RouteRequest } from './route.ts';
import { INVALID_VALUE } from './schema-fields.ts';
import { schemaError } from './validate-message.ts';
import type { World } from './world.ts';

const BLOCK_USERS = /^\/block_users$/;

const DAY_MS = 86_400_000;
const MAX_PER_PAGE = 1_000;

/** Meta's codes: some of the users failed; who did not write within a day. */
const SOME_FAILED = 139_100;
const NOT_RECENT = 139_101;

const USER = z
  .strictObject({ user: z.string().optional(), user_id: z.string().optional() })
  .refine(({ user, user_id: id }) => (user === undefined) !== (id === undefined), {
    message: 'needs a user or a user_id',
    params: INVALID_VALUE,
  });

const REQUEST = z.strictObject({
  messaging_product: z.literal('whatsapp'),
  block_users: z.array(USER).refine((users) => users.length >= 1 && users.length <= 1_000, {
    message: 'must have 1 to 1000 entries',
    params: INVALID_VALUE,
  }),
});

/** The customers whom the business has blocked. */
export function blockRoutes(world: World): Route[] {
  return [
    { method: 'GET', path: BLOCK_USERS, answer: (request) => listBlocked(world, request) },
    { method: 'POST', path: BLOCK_USERS, answer: (request) => change(world, request) },
    { method: 'DELETE', path: BLOCK_USERS, answer: (request) => change(world, request) },
  ];
}

function listBlocked({ account }: World, { query }: RouteRequest): Answer {
  const limit = Number(query.get('limit') ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PER_PAGE) {
    throw new Problem(400, `limit must be 1 to ${MAX_PER_PAGE}`);
  }
  const all = [...account.blocked.values()];
  const start = Number(Buffer.from(query.get('after') ?? '', 'base64url').toString()) || 0;
  const end = Math.min(start + limit, all.length);
  const page = all.slice(start, end);
  if (page.length === 0) return json(200, { data: [] });
  const cursors = { before: cursorAt(start), after: cursorAt(end) };
  return json(200, { data: [{ block_users: page }], paging: { cursors } });
}

function cursorAt(position: number): string {
  return Buffer.from(String(position)).toString('base64url');
}

/** Blocks or unblocks; where some cannot be, 400 with both those and the others in it. */
async function change(world: World, request: RouteRequest): Promise<Answer> {
  const { account, ledger } = world;
  const { method, path } = request;
  const body = await readJson(request.message);
  const problem = schemaError(REQUEST, body, []);
  if (problem) return problem;
  const isBlocking = method === 'POST';
  const done: BlockedUser[] = [];
  const failed: object[] = [];
  for (const { user, user_id: userId } of REQUEST.parse(body).block_users) {
    const entry = entryOf(user, userId);
    const key = 'wa_id' in entry ? entry.wa_id : entry.user_id;
    const wroteAt = account.lastWrote.get(key) ?? 0;
    if (isBlocking && wroteAt < Date.now() - DAY_MS) {
      failed.push({ ...entry, errors: [notRecent()] });
      continue;
    }
    if (isBlocking) account.blocked.set(key, entry);
    else account.blocked.delete(key);
    done.push(entry);
  }
  if (done.length > 0) ledger.changes.push({ method, path, body, at: Date.now() });
  const users = { [isBlocking ? 'added_users' : 'removed_users']: done };
  if (failed.length === 0) return json(200, { messaging_product: 'whatsapp', block_users: users });
  return json(400, {
    messaging_product: 'whatsapp',
    block_users: { ...users, failed_users: failed },
    error: {
      message: `(#${SOME_FAILED}) Failed to block/unblock some users`,
      type: 'OAuthException',
      code: SOME_FAILED,
      error_data: { details: 'See failed_users for who and why.' },
    },
  });
}

function entryOf(user: string | undefined, userId: string | undefined): BlockedUser {
  if (user === undefined) {
    if (!USER_ID.test(userId ?? '')) throw new Problem(400, 'user_id must be a user id');
    return { input: userId ?? '', user_id: userId ?? '' };
  }
  const digits = user.replaceAll(/[\s().+-]/g, '');
  if (!PHONE_NUMBER.test(digits)) throw new Problem(400, 'user must be a phone number');
  return { input: user, wa_id: digits };
}

function notRecent(): object {
  const details = 'Only users who wrote to the business in the last 24 hours can be blocked';
  return {
    message: 'User has not messaged in the last 24 hours',
    code: NOT_RECENT,
    error_data: { details },
  };
}
