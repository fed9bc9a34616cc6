import { setTimeout as wait } from 'node:timers/promises';
import { DEFAULT_STACK, hostOf } from '../local/stack-setting.ts';
import { StartProblem } from '../local/start-problem.ts';

const LOCAL_PORT = 8787;

/** Tries while a stack does not answer, or is asked too much. */
const TRIES = 8;
const FIRST_PAUSE_MS = 250;

/** Where a stack is: what is said, else the one of `npm start`. */
export function stackUrl(url: string | undefined, stack: string = DEFAULT_STACK): string {
  return (url ?? `http://${hostOf(stack, LOCAL_PORT)}`).replace(/\/+$/, '');
}

/** The token of an admin; it is not taken from the command line, which others can read. */
export function tokenOf(env: NodeJS.ProcessEnv): string {
  const token = env['TOKEN'] ?? '';
  if (token !== '') return token;
  throw new StartProblem('Set TOKEN to the API token of an admin who may see all chats.');
}

/**
 * Asks a stack, again where it does not answer or is asked too much. Throws StartProblem with what it says where
 * it refuses.
 */
export async function ask(
  base: string,
  token: string,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('Authorization', `Token ${token}`);
  for (let number = 1; ; number += 1) {
    const response = await fetch(`${base}/api/v1/${path}`, { ...init, headers }).catch(
      (error: unknown) => String(error),
    );
    if (typeof response !== 'string' && response.ok) return response;
    const isTransient =
      typeof response === 'string' || response.status === 429 || response.status >= 500;
    const said =
      typeof response === 'string' ? response : `${response.status} ${await response.text()}`;
    if (!isTransient || number === TRIES) throw new StartProblem(`${base}/api/v1/${path}: ${said}`);
    await wait(FIRST_PAUSE_MS * 2 ** (number - 1));
  }
}
