/**
 * What an agent can be asked: each has an argument or none, and an answer, both fit for a message between
 * processes.
 */
export type Calls = Record<string, (argument: never) => unknown>;

/** One question, and the answer or what went wrong. */
export interface Question {
  id: number;
  name: string;
  argument: unknown;
}
export interface Reply<Result> {
  id: number;
  /** Only whoever asked knows its type. */
  result: Result;
  problem?: string;
}

/** Answers the questions of the process that started this one, until that one has gone. */
export function serveAgent(calls: Calls): void {
  // Ctrl-C reaches all processes of a terminal; the bench says when its agents are to go.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit(0));
  process.on('message', (question: Question) => void reply(calls, question));
}

async function reply(calls: Calls, { id, name, argument }: Question): Promise<void> {
  let answer: Reply<unknown>;
  try {
    const call = calls[name];
    if (call === undefined) throw new Error(`There is no call "${name}".`);
    // Its type was looked at where it was asked: start-agent.ts.
    const result: unknown = await Reflect.apply(call, undefined, [argument]);
    answer = { id, result };
  } catch (error) {
    answer = { id, result: undefined, problem: String(error) };
  }
  process.send?.(answer);
}
