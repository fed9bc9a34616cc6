import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Calls, Question, Reply } from './serve-agent.ts';

/**
 * A process of its own that makes load or receives it: in the process that measures, one would hold up
 * the other, and both the clock.
 */
export interface Agent<Offered extends Calls> {
  /** Asks for something; rejects with what the agent threw, and when it ends before it answers. */
  ask<Name extends keyof Offered & string>(
    name: Name,
    ...argument: Parameters<Offered[Name]>
  ): Promise<Awaited<ReturnType<Offered[Name]>>>;
  close(): Promise<void>;
}

/** Whoever asked something; the answer's type is theirs to know. */
interface Waiting {
  resolve(result: never): void;
  reject(problem: Error): void;
}

/** Starts a module of this folder that serves the calls of the type. */
export function startAgent<Offered extends Calls>(file: string): Agent<Offered> {
  // Structured clones, so that typed arrays stay what they are.
  const child = fork(join(import.meta.dirname, file), { serialization: 'advanced' });
  const exited = once(child, 'exit');
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  child.on('message', ({ id, result, problem }: Reply<never>) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (problem === undefined) one?.resolve(result);
    else one?.reject(new Error(`${file}: ${problem}`));
  });
  child.on('exit', (code) => {
    for (const one of waiting.values()) one.reject(new Error(`${file} ended with ${code}.`));
  });
  return {
    ask: (name, ...[argument]) => {
      const one = Promise.withResolvers<Awaited<ReturnType<Offered[typeof name]>>>();
      asked += 1;
      waiting.set(asked, one);
      const question: Question = { id: asked, name, argument };
      child.send(question);
      return one.promise;
    },
    close: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
