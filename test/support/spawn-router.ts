import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A router as `npm start` runs it, in a process group of its own so that all of it can be killed. */
export interface Router {
  url: string;
  port: number;
  /** Where it keeps its state. */
  stateDir: string;
  /** Of the process that was started last. */
  pid(): number | undefined;
  /** Starts it (again), on the same state. */
  start(): Promise<void>;
  /** SIGKILL to the whole group: nothing gets a chance to clean up. */
  kill(): Promise<void>;
  /** Stops it as Ctrl-C does. */
  close(): Promise<void>;
}

const READY = 'Waypost is ready on';

const MAX_LINES_SHOWN = 30;

/** Starts a router in a folder, at a port, with settings on top of the defaults of `npm start`. */
export async function spawnRouter(
  { stateDir, port }: Pick<Router, 'stateDir' | 'port'>,
  settings: Record<string, string>,
): Promise<Router> {
  const env = { ...process.env, ...settings, PORT: String(port), STATE_DIR: stateDir };
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    child = spawn(process.execPath, ['scripts/start.ts'], {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await readyOf(child);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal);
    await exited;
  }

  await start();
  return {
    url: `http://localhost:${port}`,
    port,
    stateDir,
    pid: () => child?.pid,
    start,
    kill: () => end('SIGKILL'),
    close: () => end('SIGINT'),
  };
}

/** Resolves when the router says that it is ready; rejects with what it said when it ends before. */
function readyOf(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (said.length > MAX_LINES_SHOWN) said.shift();
        if (line.includes(READY)) resolve();
      });
    }
    child.once('exit', (code) =>
      reject(new Error(`The router ended with ${code}:\n${said.join('\n')}`)),
    );
  });
}
