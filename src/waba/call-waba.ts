import { AS_IT_CAME, readAnswerText } from '../outbound/read-answer.ts';
import { USER_AGENT } from '../outbound/user-agent.ts';
import type { WabaResult } from './answer-of.ts';
import type { WabaAccess } from './upstream/upstream.ts';
import { upstreamOf } from './upstream/upstream-of.ts';

/** A host that does not even open a connection in this time would not answer in time either. */
const CONNECT_DEADLINE_MS = 5_000;

/** Tells why a URL cannot be reached now; undefined where it may be. */
export type Probe = (url: string) => Promise<string | undefined>;

export interface WabaRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** From `/`, below the base URL. */
  path: string;
  body?: string | ReadableStream | ArrayBuffer;
  contentType?: string;
  /** Beside those that every call has. */
  headers?: Record<string, string>;
  /** Over headers and body together. */
  deadlineMs: number;
  /** How much of the answer is read; what is longer is no answer. 64 KiB unless given. */
  maxAnswerBytes?: number;
}

/** No answer but a list comes near this; an endless one must not fill our memory. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Calls WABA once. Never throws: what went wrong is in the result. The API key goes to the configured
 * host only: a redirect is an answer like any other.
 */
export async function callWaba(
  access: WabaAccess,
  request: WabaRequest,
  probe: Probe = whyUnreachable,
): Promise<WabaResult> {
  const upstream = upstreamOf(access);
  if (upstream.authorization === undefined)
    return { kind: 'unsent', reason: `No ${upstream.keySetting} is set.` };
  const url = access.wabaApiUrl + request.path;
  const unreachable = await probe(url);
  if (unreachable !== undefined) return { kind: 'unsent', reason: unreachable };
  const headers = new Headers({
    ...request.headers,
    'User-Agent': USER_AGENT,
    ...upstream.authorization,
  });
  if (request.contentType !== undefined) headers.set('Content-Type', request.contentType);
  let response: Response;
  try {
    response = await fetch(url, {
      method: request.method,
      headers,
      body: request.body ?? null,
      redirect: 'manual',
      signal: AbortSignal.timeout(request.deadlineMs),
      ...AS_IT_CAME,
    });
  } catch (error) {
    return { kind: 'lost', reason: reasonOf(error) };
  }
  const retryAfterMs = upstream.retryAfterMs(response);
  return {
    kind: 'answered',
    status: response.status,
    body: await readJson(response, request.maxAnswerBytes ?? MAX_ANSWER_BYTES),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** A status without its body still says something, so a body that breaks off is no body. */
async function readJson(response: Response, maxBytes: number): Promise<unknown> {
  const text = await readAnswerText(response, maxBytes);
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Why nothing can be sent to this URL now, or undefined where something may listen.
 *
 * workerd's fetch says "Network connection lost." for a refused connection and for one that broke
 * after the request had left, so a refusal is only known by trying to connect before. On Cloudflare
 * the edge tells them apart by status (521 and its neighbours, see send-outcome.ts), and a raw socket
 * may not go everywhere that fetch goes: there, where WABA is https, nothing is tried.
 */
async function whyUnreachable(url: string): Promise<string | undefined> {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'http:') return undefined;
  const { connect } = await import('cloudflare:sockets');
  const socket = connect({ hostname, port: Number(port || '80') });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expired = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('The connection did not open in time.'), CONNECT_DEADLINE_MS);
  });
  try {
    return await Promise.race([socket.opened.then(() => undefined), expired]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    // A timer that is left keeps a Durable Object in memory.
    clearTimeout(timer);
    // What a probe's end meets is of no consequence.
    socket.close().catch(() => undefined);
    socket.closed.catch(() => undefined);
  }
}
