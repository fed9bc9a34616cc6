import { AsyncLocalStorage } from 'node:async_hooks';

/** What one invocation has open. */
export interface Invocation {
  kind: string;
  open: number;
}

const current = new AsyncLocalStorage<Invocation>();

/** The most that an invocation of each kind had open at once. */
const most: Record<string, number> = {};

/** Runs an invocation: what it connects to is counted as its own, also what outlives its answer. */
export function invoke<Result>(kind: string, run: () => Result): Result {
  return current.run({ kind, open: 0 }, run);
}

/**
 * Makes a call that holds a connection until it settles, as the platform counts them: D1, R2, a queue,
 * or a `fetch` up to its headers. `invocation` is whose it is, where that is not the current one's.
 */
export async function connected<Result>(
  call: () => Promise<Result>,
  invocation: Invocation | undefined = current.getStore(),
): Promise<Result> {
  const { kind } = (invocation ??= { kind: 'unknown', open: 0 });
  invocation.open += 1;
  most[kind] = Math.max(most[kind] ?? 0, invocation.open);
  try {
    return await call();
  } finally {
    invocation.open -= 1;
  }
}

/** The most connections that an invocation had open at once, by its kind. */
export function mostConnections(): Readonly<Record<string, number>> {
  return most;
}
