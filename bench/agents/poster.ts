import { Agent, request } from 'node:http';
import { bodyOf, assertSafe, type RequestTemplate } from './request-template.ts';

/** Makes the requests of a template. */
export interface Poster {
  /** Sends one; the answer's status once all of it is in, 0 where the connection broke. */
  post(index: number): Promise<number>;
  close(): void;
}

/**
 * A poster over connections that are kept, as many as are needed at once. Node's plain client, because
 * `fetch` costs the small machine several times as much. Throws where the URL is not on loopback.
 */
export function createPoster(template: RequestTemplate): Poster {
  assertSafe(template);
  const agent = new Agent({ keepAlive: true });
  const headers = { 'content-type': 'application/json', ...template.headers };
  return {
    post: (index) => post(template.url, { agent, headers }, bodyOf(template, index)),
    close: () => agent.destroy(),
  };
}

function post(
  url: string,
  { agent, headers }: { agent: Agent; headers: Record<string, string> },
  body: string,
): Promise<number> {
  return new Promise((resolve) => {
    const length = String(Buffer.byteLength(body));
    const outgoing = request(
      url,
      { method: 'POST', agent, headers: { ...headers, 'content-length': length } },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', () => resolve(0));
      },
    );
    outgoing.once('error', () => resolve(0));
    outgoing.end(body);
  });
}
