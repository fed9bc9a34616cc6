import type { Context } from 'hono';
import { sessionCookie } from '../auth/cookies.ts';
import { startSession } from '../auth/session.ts';
import type { ApiEnv } from './api-env.ts';

/** Gives a browser another session where what it did has ended all those of its user. */
export async function keepSession(c: Context<ApiEnv>): Promise<void> {
  if (!c.var.hasSession) return;
  const id = await startSession(c.var.stack, c.var.user.id);
  c.header('Set-Cookie', sessionCookie(c.var.stack.config, c.req.raw, id), { append: true });
}
