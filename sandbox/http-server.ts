import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { json, plainText, Problem } from './answer.ts';
import type { FaultRule } from './faults.ts';
import { dialogError, metaError } from './meta-error.ts';
import { isMetaRequest, noSuchObject } from './meta-routes.ts';
import { type Route, shownKey } from './route.ts';
import type { World } from './world.ts';

/** The routing tables and what belongs to every answer. */
export type ServerOptions = {
  world: World;
  wabaRoutes: readonly Route[];
  /** The same as Meta itself serves it. */
  metaRoutes: readonly Route[];
  localRoutes: readonly Route[];
  /** How long WABA takes to answer, in milliseconds. */
  answerDelayMs: number;
  log: (line: string) => void;
};

/** An answer, or `drop`: what was asked was done, but nobody is told. */
type Outcome = Answer | 'drop';

/** The sandbox's HTTP server, not yet listening. */
export function sandboxServer(options: ServerOptions): Server {
  const server = createServer((message, response) => void serve(options, message, response));
  // An idle connection is never closed from this end: a client that reuses it in that moment could
  // not tell whether its message was accepted. Tests order such losses by name instead.
  server.keepAliveTimeout = 0;
  return server;
}

async function serve(
  options: ServerOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { ledger, pauses } = options.world;
  const at = Date.now();
  const method = message.method ?? 'GET';
  const url = URL.parse(message.url ?? '/', 'http://sandbox');
  const path = url?.pathname ?? '';
  const outcome = await outcomeOf(options, { message, method, path, query: url?.searchParams });
  const status = outcome === 'drop' || pauses.ended ? 0 : outcome.status;
  if (!path.startsWith('/_sandbox/')) {
    ledger.addRequest({ method, path, status, at });
    options.log(`${method} ${path} ${status}`);
  }
  if (outcome === 'drop' || pauses.ended) {
    message.socket.destroy();
    return;
  }
  response.writeHead(outcome.status, outcome.headers).end(outcome.body);
  // A body nobody read would block the next request on this connection.
  message.resume();
}

type Asked = {
  message: IncomingMessage;
  method: string;
  path: string;
  query: URLSearchParams | undefined;
};

async function outcomeOf(options: ServerOptions, asked: Asked): Promise<Outcome> {
  if (asked.query === undefined) return plainText(400, 'The request has no valid path\n');
  const local = /^\/(?:$|_sandbox\/|customers\/)/.test(asked.path);
  return local
    ? answerFrom(options.localRoutes, asked, (status, error) => json(status, { error }))
    : wabaOutcome(options, asked);
}

/** A request to WABA: the key first, then the fault ordered for it, then the answer, in its time. */
async function wabaOutcome(options: ServerOptions, asked: Asked): Promise<Outcome> {
  const { world, answerDelayMs } = options;
  const isMetas = isMetaRequest(asked.message, asked.path);
  if (shownKey(asked.message) !== world.apiKey) {
    return isMetas
      ? metaError(401, 190, 'Invalid OAuth access token - Cannot parse access token')
      : dialogError(401, 'Invalid api_key');
  }
  const routes = isMetas ? options.metaRoutes : options.wabaRoutes;
  const problem = isMetas ? metaProblem(asked) : wabaProblem;
  const fault = world.faults.take(asked.method, asked.path);
  const answer =
    fault?.status === undefined
      ? await answerFrom(routes, asked, problem)
      : faultAnswer(fault, fault.status);
  await world.pauses.wait(answerDelayMs + (fault?.hangMs ?? 0));
  return fault?.dropAfterAccept === true ? 'drop' : answer;
}

function wabaProblem(status: number, details: string): Answer {
  return status === 404 ? dialogError(status, details) : metaError(status, 100, details);
}

function metaProblem({ method, path }: Asked): typeof wabaProblem {
  return (status, details) =>
    status === 404 ? noSuchObject(method, path) : metaError(status, 100, details);
}

function faultAnswer(rule: FaultRule, status: number): Answer {
  const answer =
    rule.body === undefined
      ? dialogError(status, 'Fault ordered by a test')
      : typeof rule.body === 'string'
        ? plainText(status, rule.body)
        : json(status, rule.body);
  return { ...answer, headers: { ...answer.headers, ...rule.headers } };
}

async function answerFrom(
  routes: readonly Route[],
  asked: Asked,
  problem: (status: number, message: string) => Answer,
): Promise<Answer> {
  try {
    for (const route of routes) {
      const match = route.method === asked.method ? route.path.exec(asked.path) : null;
      if (match) {
        const query = asked.query ?? new URLSearchParams();
        return await route.answer({ ...asked, query, params: match.slice(1) });
      }
    }
    return problem(404, `There is no ${asked.method} ${asked.path}`);
  } catch (error) {
    if (error instanceof Problem) return problem(error.status, error.message);
    return problem(500, `The sandbox failed: ${String(error)}`);
  }
}
