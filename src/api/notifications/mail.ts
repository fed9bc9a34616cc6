import type { Context } from 'hono';
import { type Mailer, mailerOf } from '../../inbox/notifications/activation-mail.ts';
import type { ApiEnv } from '../api-env.ts';

/** The mailer of the stack that is asked; undefined where there is none. */
export function mailerFor(c: Context<ApiEnv>): Mailer | undefined {
  return mailerOf(c.env.EMAIL, c.var.stack.config.emailFrom);
}
