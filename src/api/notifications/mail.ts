import type { Context } from 'hono';
import { mailerOf, type Mailer } from '../../inbox/notifications/mailer.ts';
import type { ApiEnv } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';

/** The mailer of the stack that is asked; undefined where there is none. */
export function mailerFor(c: Context<ApiEnv>): Mailer | undefined {
  return mailerOf(c.env.EMAIL, c.var.stack.config.emailFrom);
}

/** What links in an e-mail begin with: it is read elsewhere, where the name asked for may not be known. */
export function mailBaseUrl(c: Context<ApiEnv>): string {
  return c.var.stack.config.publicUrl ?? baseUrlOf(c);
}
