import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { sha256Hex } from '../../auth/digest.ts';
import { findUser, selectUsers, type User } from '../../auth/user.ts';
import { invalidField, WaypostError } from '../../error.ts';
import { logError } from '../../log.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { users } from '../../store/schema.ts';
import { assertAdmin } from '../permissions.ts';
import { activationUrl, newActivationCode } from '../users/activate-user.ts';
import { activationMail, type Mailer } from './activation-mail.ts';

/** Who was made and has not activated the account; whoever was deactivated has no code. */
const WAITING = and(eq(users.is_active, 0), isNotNull(users.activation_hash));

/**
 * Sends a user the activation e-mail again, with a link of its own, at `baseUrl` (`https://host`): of the
 * link before only a hash is known, and it works no more. Without `userId` everybody gets one who waits for
 * it and has an address. Throws `forbidden` where `actor` is no admin, `invalid` where there is nobody whom it can
 * be for, and `unavailable` where an e-mail could not be sent; whose was not keeps the link before.
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
  const waiting =
    userId === undefined ? await allWaiting({ db }) : [await waitingUser({ db }, userId)];
  const reachable = waiting.filter(({ email }) => email !== '');
  if (reachable.length === 0) throw invalidField('user', 'This user has no e-mail address.');
  if (mailer === undefined) throw new WaypostError('unavailable', 'E-mail is not set up here.');
  const codes: { id: number; hash: string }[] = [];
  for (const user of reachable) {
    const code = newActivationCode();
    try {
      await mailer.send(activationMail(user, activationUrl(baseUrl, code)));
      codes.push({ id: user.id, hash: sha256Hex(code) });
    } catch (error) {
      logError('email_failed', error, { stack: config.name, user: user.id });
    }
  }
  // After the e-mails: where one fails, the link before goes on working.
  await db.run(sql`update ${users} set activation_hash = j.value->>'hash'
    from json_each(${JSON.stringify(codes)}) j where ${users.id} = j.value->>'id' and ${WAITING}`);
  const failed = reachable.length - codes.length;
  if (failed === 0) return;
  const sentence =
    reachable.length === 1
      ? 'The e-mail could not be sent.'
      : `${failed} of ${reachable.length} e-mails could not be sent.`;
  throw new WaypostError('unavailable', sentence);
}

async function waitingUser({ db }: Pick<StackContext, 'db'>, id: number): Promise<User> {
  const [waiting] = await selectUsers(db, and(eq(users.id, id), WAITING));
  if (waiting !== undefined) return waiting;
  const user = await findUser(db, id);
  if (user === undefined) throw invalidField('user', 'There is no such user.');
  const problem = user.isActive ? 'This user is active.' : 'This user was deactivated.';
  throw invalidField('user', problem);
}

async function allWaiting({ db }: Pick<StackContext, 'db'>): Promise<User[]> {
  const waiting = await selectUsers(db, WAITING);
  if (waiting.length === 0) throw invalidField('user', 'No user waits to be activated.');
  return waiting;
}
