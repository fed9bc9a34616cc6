import { readdir, readFile } from 'node:fs/promises';

/** Tells how long the thread of a router's runtime has been at work, in milliseconds. */
export type ThreadClock = () => Promise<number>;

/** How far a runtime may be behind its router's process. */
const DEPTH = 4;

/**
 * Returns the clock of the runtime that a router's process has started. What other processes of a busy
 * machine take is not in it; where the system keeps no such count, the time that goes by stands for it.
 */
export async function threadClockOf(pid: number): Promise<ThreadClock> {
  const runtime = await runtimeOf(pid, DEPTH);
  if (runtime === undefined) return async () => performance.now();
  return async () => {
    const [nanoseconds] = (await readFile(`/proc/${runtime}/schedstat`, 'utf8')).split(' ');
    return Number(nanoseconds) / 1e6;
  };
}

async function runtimeOf(pid: number, depth: number): Promise<number | undefined> {
  if (depth === 0) return undefined;
  for (const child of await childrenOf(pid)) {
    const command = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '');
    if (/workerd\0/.test(command)) return child;
    const found = await runtimeOf(child, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function childrenOf(pid: number): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const numbers = names.map(Number).filter((name) => Number.isInteger(name));
  const found = await Promise.all(
    numbers.map(async (name) => {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      // After the name in brackets, which may hold anything: the state, then the parent.
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(parent) === pid ? [name] : [];
    }),
  );
  return found.flat();
}
