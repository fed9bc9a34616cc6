import type { Env, InboundCall } from '../config.ts';
import type { Bells } from '../inbox/bells.ts';
import type { Database } from '../store/database.ts';
import type { StackContext } from '../store/open-stack.ts';
import { doorbells, ringEvents } from './doorbells.ts';
import { Gathering } from './gathering.ts';
import { GroupCommit } from './group-commit.ts';

/** Stores a call of WABA's and rings for it; returns when it is stored. Throws what D1 throws. */
export type RecordShared = (
  call: InboundCall,
  surroundings: {
    stack: Pick<StackContext, 'config' | 'files'> & { db: Pick<Database, 'batch'> };
    bells: Bells;
    readonly later: (work: Promise<void>) => void;
  },
) => Promise<void>;

/** What the recorder is made of. */
export interface SharedRecorderDeps {
  env: Env;
  stack: StackContext;
  readonly record: RecordShared;
  /** Tells the websockets. */
  readonly pump: () => Promise<void>;
  readonly later: (work: Promise<void>) => void;
}

/** As many rings as a queue takes at once. */
const MAX_RINGS = 100;

/**
 * Stores calls of WABA's that come faster than D1 answers: several share each round trip to D1, and
 * their events each call of the queue and each round of the websockets.
 */
export class SharedRecorder {
  readonly #deps: SharedRecorderDeps;
  readonly #db: GroupCommit;
  readonly #rings: Gathering<readonly number[], void>;

  constructor(deps: SharedRecorderDeps) {
    this.#deps = deps;
    this.#db = new GroupCommit(deps.stack.db);
    this.#rings = new Gathering((lists) => this.#ring(lists), MAX_RINGS);
  }

  /** Stores a call, and has it rung for. Throws what D1 throws. */
  record(call: InboundCall): Promise<void> {
    const { env, stack, record, later } = this.#deps;
    const bells: Bells = {
      ...doorbells(env, stack.config.name),
      events: (seqs) => this.#rings.add(seqs),
    };
    return record(call, { stack: { ...stack, db: this.#db }, bells, later });
  }

  async #ring(lists: readonly (readonly number[])[]): Promise<void[]> {
    const { env, stack, pump } = this.#deps;
    await Promise.all([ringEvents(env, stack.config.name, lists.flat()), pump()]);
    return lists.map(() => undefined);
  }
}
