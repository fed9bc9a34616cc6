import { createServer, type Server } from 'node:net';
import { StartProblem } from './start-problem.ts';

/** All that `npm start` runs is for this machine only. */
export const LOOPBACK = '127.0.0.1';

/** A free port may have a neighbour that is not; this many tries find some that stand together. */
const MAX_TRIES = 50;

/**
 * The first of `count` consecutive ports that can be listened on: `port` itself, or with 0 any such.
 * Throws StartProblem naming the one that cannot be had.
 */
export async function choosePorts(port: number, count: number): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const first = port === 0 ? await anyFreePort() : port;
    const problem = await firstProblem(first, count);
    if (problem === undefined) return first;
    if (port !== 0) throw problem;
  }
  throw new StartProblem('No free ports were found. Set PORT to choose some.');
}

/** What to tell about a port that cannot be had; `offset` is its distance from PORT. */
export function portProblem(port: number, offset: number, code: string | undefined): StartProblem {
  const whose = offset === 0 ? 'the router' : `the sandbox, PORT+${offset}`;
  const why = code === 'EADDRINUSE' ? 'is already in use' : `cannot be used (${code})`;
  return new StartProblem(
    `Port ${port + offset} (${whose}) ${why}. ` +
      'Set PORT to choose another; PORT=0 takes any that is free.',
  );
}

async function firstProblem(port: number, count: number): Promise<StartProblem | undefined> {
  for (let offset = 0; offset < count; offset += 1) {
    const problem = await listen(port + offset).then(close, (error: NodeJS.ErrnoException) =>
      portProblem(port, offset, error.code),
    );
    if (problem !== undefined) return problem;
  }
  return undefined;
}

async function anyFreePort(): Promise<number> {
  const server = await listen(0);
  const address = server.address();
  await close(server);
  return typeof address === 'object' && address ? address.port : 0;
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => resolve(server));
  });
}

function close(server: Server): Promise<undefined> {
  return new Promise((resolve) => {
    server.close(() => resolve(undefined));
  });
}
