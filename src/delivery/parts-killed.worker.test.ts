import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { sql, type SQL } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { Database } from '../store/database.ts';
import { deliveryDeps } from './delivery-deps.ts';
import { deliverEvents } from './fast-lane.ts';
import {
  answers,
  bells,
  dialects,
  event,
  OK,
  requests,
  stack,
  subscribe,
  useLanes,
} from './lanes.test-support.ts';
import { OF_DIALECT, speakInParts } from './parts.test-support.ts';
import { deliverDue } from './slow-lane.ts';

useLanes();
const { db } = stack;

afterEach(() => {
  delete dialects.chattu;
});

/** When a run dies: at its so-many-th step, before that has happened or after. */
interface Death {
  step: number;
  isDone: boolean;
}

/** Lets a run take steps until its death; from then on no step of it ends. */
class Life {
  readonly died = Promise.withResolvers<void>();
  readonly #death: Death;
  #steps = 0;

  constructor(death: Death) {
    this.#death = death;
  }

  async step<Result>(act: () => Promise<Result>): Promise<Result> {
    this.#steps += 1;
    const { step, isDone } = this.#death;
    if (this.#steps < step) return act();
    if (this.#steps === step && isDone) await act();
    this.died.resolve();
    return new Promise<never>(() => undefined);
  }
}

/** A database whose caller may die at any call. */
class MortalDatabase extends Database {
  readonly #life: Life;

  constructor(life: Life) {
    super(env.DB);
    this.#life = life;
  }

  override all<Row>(query: SQL): Promise<Row[]> {
    return this.#life.step(() => super.all<Row>(query));
  }

  override first<Row>(query: SQL): Promise<Row | undefined> {
    return this.#life.step(() => super.first<Row>(query));
  }

  override batch<Results extends unknown[][]>(queries: readonly SQL[]): Promise<Results> {
    return this.#life.step(() => super.batch<Results>(queries));
  }
}

/** Does what the doorbells of an event do, until that is over or its process dies; true where it came to the end. */
async function live(seq: number, webhook: number, death: Death): Promise<boolean> {
  const life = new Life(death);
  const ctx = createExecutionContext();
  const mortal = { ...stack, db: new MortalDatabase(life) };
  const bounds = { maxInFlight: 4, maxRunMs: 6_000 };
  const deps = deliveryDeps(mortal, ctx, { ...bells, dialects }, bounds);
  const attempt: typeof deps.attempt = (request) => life.step(() => deps.attempt(request));
  const work = async (): Promise<boolean> => {
    await deliverEvents([seq], { ...deps, attempt });
    await deliverDue(webhook, { ...deps, attempt });
    return true;
  };
  return Promise.race([work(), life.died.promise.then(() => false)]);
}

/** What time does: leases end, and what was under way is due again. */
async function pass(): Promise<void> {
  await db.batch([
    sql`update webhooks set turn_until = null, probe_at = null`,
    sql`update deliveries set next_at = 1 where state = 'due'`,
    sql`update events set taken_at = null`,
  ]);
}

function parts(): number[] {
  return requests.map(({ body }) => (JSON.parse(body) as { part: number }).part);
}

const NEVER: Death = { step: Infinity, isDone: false };

describe('a process that dies while it delivers an event in three parts', () => {
  it.each([
    ['before', false],
    ['after', true],
  ])(
    'just %s any of its steps loses no part, and repeats at most the one under way',
    { timeout: 60_000 },
    async (_when, isDone) => {
      speakInParts(3);
      answers['parts.test'] = OK;
      const webhook = await subscribe('parts.test', OF_DIALECT);
      let repeats = 0;
      let deaths = 0;
      for (let step = 1; ; step += 1) {
        requests.splice(0);
        const seq = await event();
        const isOver = await live(seq, webhook, { step, isDone });
        const before = parts();
        await pass();
        await live(seq, webhook, NEVER);
        const after = parts().slice(before.length);
        const all = [...before, ...after];
        expect([...new Set(all)]).toEqual([0, 1, 2]);
        expect(all.toSorted((a, b) => a - b)).toEqual(all);
        // Only what the dead process sent last, and did not write down, comes again.
        expect(before.filter((part) => after.includes(part))).toEqual(
          after[0] === before.at(-1) ? before.slice(-1) : [],
        );
        expect(all.length).toBeLessThanOrEqual(4);
        repeats += all.length - 3;
        deaths += Number(!isOver);
        const row = await db.first(sql`select state, part from deliveries where seq = ${seq}`);
        expect(row).toEqual({ state: 'delivered', part: 2 });
        if (isOver) break;
      }
      // Each part was under way at some death.
      expect(deaths).toBeGreaterThan(10);
      expect(repeats).toBeGreaterThanOrEqual(3);
    },
  );
});
