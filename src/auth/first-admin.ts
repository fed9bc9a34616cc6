import { sql } from 'drizzle-orm';
import { log } from '../log.ts';
import { WaypostError } from '../error.ts';
import type { StackContext } from '../store/open-stack.ts';
import { query } from '../store/query.ts';
import { users } from '../store/schema.ts';
import { passwordProblem } from './check-password.ts';
import { inTurn } from './hash-turns.ts';
import { FULL_RIGHTS, insertUser } from './insert-user.ts';
import { hashPassword } from './password.ts';
import { normalizeUsername } from './username.ts';

const FIRST_ID = 1;

/** Stacks that are known to have a user, so that an isolate asks once. */
const settled = new WeakSet<StackContext>();

/**
 * Makes the stack's first admin from ADMIN_USERNAME and ADMIN_PASSWORD where the stack has no user.
 * Two that do so at once make one: the insert itself looks whether there is a user. Throws `unavailable`
 * where a deployment's password is one that no user may choose, and `throttled` where many do so.
 */
export async function ensureFirstAdmin(ctx: StackContext): Promise<void> {
  if (settled.has(ctx)) return;
  const someone = await ctx.db.first(query.select({ id: users.id }).from(users).limit(1));
  if (someone === undefined) await inTurn(() => insertFirstAdmin(ctx));
  settled.add(ctx);
}

async function insertFirstAdmin(ctx: StackContext): Promise<void> {
  if (settled.has(ctx)) return;
  const { name, adminUsername, adminPassword, allowPrivateTargets } = ctx.config;
  if (adminUsername === undefined || adminPassword === undefined) {
    log('first_admin_not_configured', { stack: name });
    return;
  }
  // On one's own machine nobody else can sign in.
  const problem = allowPrivateTargets ? undefined : passwordProblem(adminPassword);
  if (problem !== undefined) {
    log('first_admin_refused', { stack: name });
    const sentence = `There is no user yet, and none is made by this ADMIN_PASSWORD. ${problem}`;
    throw new WaypostError('unavailable', sentence);
  }
  const admin = {
    username: normalizeUsername(adminUsername),
    firstName: '',
    lastName: '',
    email: '',
    role: 'admin',
    isActive: true,
    ...FULL_RIGHTS,
    passwordHash: await hashPassword(adminPassword),
    activationHash: null,
  } as const;
  const stackIsEmpty = sql`not exists (select 1 from ${users})`;
  const [made = []] = await ctx.db.batch(insertUser(ctx.config, FIRST_ID, admin, stackIsEmpty));
  settled.add(ctx);
  if (made.length > 0) log('first_admin_made', { stack: name });
}
