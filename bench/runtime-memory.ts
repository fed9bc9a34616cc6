import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const BYTES_PER_KIB = 1024;

interface Process {
  pid: number;
  parent: number;
  kib: number;
  command: string;
}

/**
 * What the workerd processes below a process hold in memory (resident set), in bytes. Throws where there
 * are none, or no `ps`.
 */
export async function runtimeMemory(pid: number | undefined): Promise<number> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=,comm=']);
  const runtimes = below(pid, parseProcesses(stdout)).filter(({ command }) =>
    command.includes('workerd'),
  );
  if (runtimes.length === 0) throw new Error('The router has no runtime process.');
  return runtimes.reduce((sum, { kib }) => sum + kib * BYTES_PER_KIB, 0);
}

function parseProcesses(list: string): Process[] {
  return list
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, kib, ...command] = line.trim().split(/\s+/);
      return {
        pid: Number(pid),
        parent: Number(parent),
        kib: Number(kib),
        command: command.join(' '),
      };
    });
}

function below(pid: number | undefined, all: readonly Process[]): Process[] {
  const children = all.filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child, ...below(child.pid, all)]);
}
