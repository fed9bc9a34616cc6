import { and, eq, gt, sql } from 'drizzle-orm';
import { createHmac } from 'node:crypto';
import type { StackConfig } from '../config.ts';
import { throttled } from '../error.ts';
import { log } from '../log.ts';
import { type Database, isOneOf, jsonList } from '../store/database.ts';
import type { StackContext } from '../store/open-stack.ts';
import { query, type Statement } from '../store/query.ts';
import { login_counts } from '../store/schema.ts';
import { derivedKey } from './derived-key.ts';

/**
 * A wait is never longer, so nobody can lock somebody else out for long. It does not grow either while
 * guessing goes on: refused guesses are not counted.
 */
const WINDOW_MS = 15 * 60 * 1000;

/** An address from which a user has signed in is theirs for so long; strangers' guesses do not stop it. */
const KNOWN_MS = 30 * 24 * 60 * 60 * 1000;

/** What failures are counted by, and how many of them a window has room for. */
const LIMITS = {
  /** One address guessing at one user. */
  pair: 10,
  /** One address guessing at many. */
  address: 100,
  /** Many addresses guessing at one user. */
  username: 100,
  /** A signed-in user's own password, asked for again. */
  current_password: 10,
  /** No count: an address from which this user has signed in. */
  known: Infinity,
  /** Calls of any outcome, each purpose with a limit of its own: see auth/rate-window.ts. */
  window: Infinity,
} as const;

type Kind = keyof typeof LIMITS;

const KINDS: readonly Kind[] = [
  'pair',
  'address',
  'username',
  'current_password',
  'known',
  'window',
];

/** Counts lie in a fixed number of buckets per kind, so that guessing cannot make the table grow. */
const BUCKETS_PER_KIND = 2 ** 18;

type Count = typeof login_counts.$inferSelect;

/** What a guess is counted by. */
export type Subject =
  | { username: string; address: string | undefined }
  | { address: string | undefined }
  | { currentPasswordOf: number };

/**
 * Runs `attempt`, which returns undefined where what was guessed is wrong, and counts those failures in
 * the database, so that a restart forgets none. Throws `throttled` instead of trying where there were too
 * many. Counted before it is tried: guesses that come at once are all counted.
 */
export async function guarded<Result>(
  { config, db }: StackContext,
  subject: Subject,
  attempt: () => Promise<Result | undefined>,
): Promise<Result | undefined> {
  const plan = planOf(config, subject);
  const isKnown = await assertOpen(config, db, plan);
  const counted = [...plan.counted].filter(([kind]) => !(isKnown && kind === 'username'));
  await countOne(config, db, new Map(counted));
  const result = await attempt();
  if (result !== undefined) await forgive(db, plan, isKnown);
  return result;
}

/** The buckets of a guess: those that count it, and the one that knows the address. */
interface Plan {
  counted: Map<Kind, number>;
  known: number | undefined;
}

function planOf(config: StackConfig, subject: Subject): Plan {
  const counted = new Map<Kind, number>();
  const count = (kind: Kind, ...of: unknown[]): void => {
    counted.set(kind, bucketOf(config, kind, of));
  };
  if ('currentPasswordOf' in subject) {
    count('current_password', subject.currentPasswordOf);
    return { counted, known: undefined };
  }
  // Where nobody tells addresses apart, as on one's own machine, all are one: guessing has an end there, too.
  const { address = 'unknown' } = subject;
  count('address', address);
  if (!('username' in subject)) return { counted, known: undefined };
  count('pair', subject.username, address);
  count('username', subject.username);
  return { counted, known: bucketOf(config, 'known', [subject.username, address]) };
}

/** The bucket of something. Keyed, so that nobody can choose whose theirs is, and the table names nobody. */
export function bucketOf(config: StackConfig, kind: Kind, of: unknown[]): number {
  const mac = createHmac('sha256', derivedKey(config, 'login-count'));
  const hash = mac.update(JSON.stringify([kind, ...of])).digest();
  return KINDS.indexOf(kind) * BUCKETS_PER_KIND + (hash.readUInt32BE() % BUCKETS_PER_KIND);
}

/** Throws `throttled` where a count is full. Returns whether the address is known for the user. */
async function assertOpen(config: StackConfig, db: Database, plan: Plan): Promise<boolean> {
  const now = Date.now();
  const buckets = [...plan.counted.values(), plan.known ?? -1];
  const rows = await db.all(
    query
      .select()
      .from(login_counts)
      .where(and(isOneOf(login_counts.bucket, buckets), gt(login_counts.ends_at, now))),
  );
  const isKnown = rows.some(({ bucket }) => bucket === plan.known);
  for (const [kind, bucket] of plan.counted) {
    const row = rows.find((other) => other.bucket === bucket);
    if (row === undefined || row.count < LIMITS[kind] || (isKnown && kind === 'username')) continue;
    refuse(config, kind, row.ends_at - now);
  }
  return isKnown;
}

async function countOne(
  config: StackConfig,
  db: Database,
  counted: ReadonlyMap<Kind, number>,
): Promise<void> {
  const now = Date.now();
  const rows = await db.all<Count>(sql`
    insert into ${login_counts} (bucket, count, ends_at)
      select value, 1, ${now + WINDOW_MS} from json_each(${jsonList([...counted.values()])}) where true
      on conflict (bucket) do update set
        count = case when ends_at > ${now} then count + 1 else 1 end,
        ends_at = case when ends_at > ${now} then ends_at else excluded.ends_at end
      returning bucket, count, ends_at`);
  for (const [kind, bucket] of counted) {
    const row = rows.find((other) => other.bucket === bucket);
    if (row !== undefined && row.count > LIMITS[kind]) refuse(config, kind, row.ends_at - now);
  }
}

function refuse(config: StackConfig, kind: Kind, waitMs: number): never {
  log('guessing_throttled', { stack: config.name, by: kind });
  throw throttled(waitMs);
}

/** Takes a right guess back: only failures count. What it proves is remembered. */
async function forgive(db: Database, plan: Plan, isKnown: boolean): Promise<void> {
  const { address, username, pair, current_password: own } = Object.fromEntries(plan.counted);
  const shared = [address, isKnown ? undefined : username].filter((bucket) => bucket !== undefined);
  const statements: Statement[] = [
    query
      .update(login_counts)
      .set({ count: sql`max(0, ${login_counts.count} - 1)` })
      .where(isOneOf(login_counts.bucket, shared)),
    query.delete(login_counts).where(eq(login_counts.bucket, pair ?? own ?? -1)),
  ];
  if (plan.known !== undefined && !isKnown) {
    const ends_at = Date.now() + KNOWN_MS;
    statements.push(
      query
        .insert(login_counts)
        .values({ bucket: plan.known, count: 0, ends_at })
        .onConflictDoUpdate({ target: login_counts.bucket, set: { ends_at } }),
    );
  }
  await db.batch(statements);
}
