import { gzipSync } from 'node:zlib';
import { createServer, type ServerResponse } from 'node:http';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of a server outside of the Workers runtime that answers badly. */
    faultyServer: string;
  }
}

const HEADERS = { 'content-type': 'application/json', 'retry-after': '600' };

/** How it answers, by the first part of the path; the second is the status. */
const ANSWERS: Record<string, (response: ServerResponse, status: number) => void> = {
  /** Takes the request and says nothing. */
  silent: () => undefined,
  /** Headers at once; of the body a byte now and then, for ever. */
  trickle: (response, status) => writeEvery(response.writeHead(status, HEADERS), 20, '.'),
  /** A body without end, as fast as it is taken. */
  endless: (response, status) =>
    writeEvery(response.writeHead(status, HEADERS), 1, 'x'.repeat(64 * 1024)),
  /** Half of a body, then the connection is gone. */
  half: (response, status) => {
    response.writeHead(status, { ...HEADERS, 'content-length': 100 }).write('half');
    setTimeout(() => response.destroy(), 20);
  },
  /** The connection is gone before there is an answer. */
  broken: (response) => response.destroy(),
  /** Plain text that says it is gzip. */
  mislabelled: (response, status) =>
    response.writeHead(status, { ...HEADERS, 'content-encoding': 'gzip' }).end('the bytes'),
  /** The same, as it says. */
  packed: (response, status) =>
    response
      .writeHead(status, { ...HEADERS, 'content-encoding': 'gzip' })
      .end(gzipSync('the bytes')),
  whole: (response, status) => response.writeHead(status, HEADERS).end('{"a":1}'),
};

/** Serves on loopback while tests of the Workers runtime run: how they meet real sockets. */
export default async function serveFaults(project: TestProject): Promise<() => void> {
  const open = new Set<string>();
  const server = createServer((request, response) => {
    const [, fault = '', status = '', id = ''] = (request.url ?? '').split('/');
    // Whether the request with this id has its connection still.
    if (fault === 'is-open') return void response.end(JSON.stringify(open.has(status)));
    open.add(id);
    response.on('close', () => open.delete(id));
    request.resume().on('end', () => ANSWERS[fault]?.(response, Number(status)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('It does not listen.');
  project.provide('faultyServer', `http://127.0.0.1:${address.port}`);
  return () => {
    server.closeAllConnections();
    server.close();
  };
}

function writeEvery(response: ServerResponse, ms: number, text: string): void {
  const timer = setInterval(() => response.write(text), ms);
  response.on('close', () => clearInterval(timer));
}
