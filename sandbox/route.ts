import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';
import { Problem } from './answer.ts';

/** Largest JSON body, in bytes: as large as a webhook of Meta's may be. */
const MAX_JSON_BYTES = 3 * 1024 * 1024;

/** A request as routes see it. */
export type RouteRequest = {
  method: string;
  path: string;
  /** What the groups of the route's pattern matched, still percent-encoded. */
  params: readonly string[];
  query: URLSearchParams;
  message: IncomingMessage;
};

/** One entry of the routing table. */
export type Route = {
  method: string;
  path: RegExp;
  answer: (request: RouteRequest) => Answer | Promise<Answer>;
};

/** One header as a string, or undefined; the name in lower case. */
export function header(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** The key that a request shows: 360dialog's header, or Meta's bearer token. */
export function shownKey(message: IncomingMessage): string | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(header(message, 'authorization') ?? '')?.[1];
  return header(message, 'd360-api-key') ?? bearer;
}

/**
 * The body's bytes. Throws Problem 413 above the limit (bytes), after the rest was read and thrown
 * away: a client that is still writing would otherwise see a reset instead of the answer.
 */
export async function readBody(message: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    const bytes: Buffer = chunk;
    size += bytes.length;
    if (size <= limit) chunks.push(bytes);
  }
  if (size > limit) throw new Problem(413, `The body is larger than ${limit} bytes`);
  return Buffer.concat(chunks);
}

/** The body parsed as JSON. Throws Problem 413 above 3 MB and 400 when it is not JSON. */
export async function readJson(message: IncomingMessage): Promise<unknown> {
  const bytes = await readBody(message, MAX_JSON_BYTES);
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    return parsed;
  } catch {
    throw new Problem(400, 'The body is not valid JSON');
  }
}
