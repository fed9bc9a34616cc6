import { sql } from 'drizzle-orm';
import { sha256Hex } from '../../auth/digest.ts';
import { findUser, selectUsers, type User } from '../../auth/user.ts';
import { invalidField, WaypostError } from '../../error.ts';
import { logError } from '../../log.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { activationUrl, newActivationCode } from '../users/activation-code.ts';
import { assertAdmin } from '../users/admin-only.ts';
import { activationMail } from './activation-mail.ts';
import type { Mailer } from './mailer.ts';

/** Who was made and has not activated the account; whoever was deactivated has no code. */
const WAITING = sql`u.is_active = 0 and u.activation_hash is not null`;

/**
 * Sends a user the activation e-mail again, with a link of its own, at `baseUrl` (`https://host`): of the
 * link before only a hash is known, and it works no more. Without `userId` it is the only user who
 * waits for one. Throws `forbidden` where `actor` is no admin, `invalid` where it is not clear whom it is
 * for or it cannot be for them, and `unavailable` where no e-mail can be sent, with nothing changed.
 */
export async function resendActivation(
  { db, config }: StackContext,
  actor: User,
  {
    userId,
    baseUrl,
    mailer,
  }: { userId?: number | undefined; baseUrl: string; mailer?: Mailer | undefined },
): Promise<void> {
  assertAdmin(actor);
  const user =
    userId === undefined ? await onlyOneWaiting({ db }) : await waitingUser({ db }, userId);
  if (user.email === '') throw invalidField('user', 'This user has no e-mail address.');
  if (mailer === undefined) throw new WaypostError('unavailable', 'E-mail is not set up here.');
  const code = newActivationCode();
  try {
    await mailer.send(activationMail(user, activationUrl(baseUrl, code)));
  } catch (cause) {
    logError('email_failed', cause, { stack: config.name, user: user.id });
    throw new WaypostError('unavailable', 'The e-mail could not be sent.', { cause });
  }
  // After the e-mail: where that fails, the link before goes on working.
  await db.run(sql`update users as u set activation_hash = ${sha256Hex(code)}
    where u.id = ${user.id} and ${WAITING}`);
}

async function waitingUser({ db }: Pick<StackContext, 'db'>, id: number): Promise<User> {
  const [waiting] = await selectUsers(db, sql`u.id = ${id} and ${WAITING}`);
  if (waiting !== undefined) return waiting;
  const user = await findUser(db, id);
  if (user === undefined) throw invalidField('user', 'There is no such user.');
  const problem = user.isActive ? 'This user is active.' : 'This user was deactivated.';
  throw invalidField('user', problem);
}

async function onlyOneWaiting({ db }: Pick<StackContext, 'db'>): Promise<User> {
  const [user, ...more] = await selectUsers(db, WAITING, sql`limit 2`);
  if (user === undefined) throw invalidField('user', 'No user waits to be activated.');
  if (more.length > 0) throw invalidField('user', 'This field is required.');
  return user;
}
