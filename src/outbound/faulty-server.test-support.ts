import { expect, inject } from 'vitest';

/** An address of the server that answers badly, for one request. */
export interface Faulty {
  url: string;
  /** Waits until the server has seen the end of the request's connection. */
  isLetGo(): Promise<void>;
}

/** How the server answers: see faulty-server.setup.ts. */
export function faulty(fault: string, status = 200): Faulty {
  const server = inject('faultyServer');
  const id = crypto.randomUUID();
  const isOpen = async () => (await fetch(`${server}/is-open/${id}`)).json();
  return {
    url: `${server}/${fault}/${status}/${id}`,
    isLetGo: async () => expect.poll(isOpen, { timeout: 5_000 }).toBe(false),
  };
}
