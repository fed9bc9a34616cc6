import { Hono, type Next } from 'hono';
import { WaypostError } from '../error.ts';
import { readRequest } from '../outbound/read-request.ts';
import { openApp } from './app-page.ts';
import type { ConsoleContext, ConsoleEnv } from './console-env.ts';
import { logInByForm, logOutByForm, showLogin } from './log-in-page.ts';
import { answerProblem } from './problem-page.ts';

/** A username and a password, and room to spare. */
const MAX_FORM_BYTES = 64 * 1024;

/** The pages for people: signing in and out, and the inbox. Needs the variable `stack` set before it. */
export function consoleRoutes(): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>()
    .on('GET', bothForms('/login'), showLogin)
    .on('POST', bothForms('/login'), limit, logInByForm)
    .on('ALL', bothForms('/login'), refuseMethod('GET, POST'))
    .on('POST', bothForms('/logout'), limit, logOutByForm)
    .on('ALL', bothForms('/logout'), refuseMethod('POST'))
    .on('GET', bothForms('/app'), openApp)
    .on('ALL', bothForms('/app'), refuseMethod('GET'))
    .onError(answerProblem);
}

/** Reads a form once and for all. Throws `too_large`, and `invalid` where it breaks off. */
async function limit(c: ConsoleContext, next: Next): Promise<void> {
  const body = await readRequest(c.req.raw, MAX_FORM_BYTES);
  const { method, headers, url } = c.req.raw;
  c.req.raw = new Request(url, { method, headers, body });
  await next();
}

function bothForms(path: string): string[] {
  return [`${path}/`, path];
}

function refuseMethod(allowed: string): (c: ConsoleContext) => never {
  return function refuse(c) {
    c.header('Allow', allowed);
    throw new WaypostError('method_not_allowed', `Method "${c.req.method}" not allowed.`);
  };
}
