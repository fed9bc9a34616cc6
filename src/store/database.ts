import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { isStorageAway } from './is-storage-away.ts';
import { render, type Rendered, type Statement } from './query.ts';

/** D1 asks its callers to retry what failed in its network (D1, "Retry queries"). */
const RETRY_PAUSES_MS = [20, 100, 500, 2_000];

/**
 * The database of one stack. Queries are drizzle's: of its builder where they are simple, which knows the type
 * of their rows, and `sql` templates elsewhere. Either way every value is a bound parameter. drizzle's own D1
 * client is not used: it cannot put templates into a D1 batch, and a batch is the only transaction D1 has.
 */
export class Database {
  readonly #d1: D1Database;

  constructor(d1: D1Database) {
    this.#d1 = d1;
  }

  /** Returns all rows of a query. */
  async all<Row>(query: Statement<Row[]> | Rendered<Row[]>): Promise<Row[]> {
    const { results } = await this.#prepare(query).all<Row>();
    return results;
  }

  /** Returns the first row of a query, or undefined. */
  async first<Row>(query: Statement<Row[]> | Rendered<Row[]>): Promise<Row | undefined> {
    return (await this.#prepare(query).first<Row>()) ?? undefined;
  }

  /** Runs one statement; returns how many rows it changed. */
  async run(query: Statement): Promise<number> {
    const { meta } = await this.#prepare(query).run();
    return meta.changes;
  }

  /**
   * Runs all statements in one transaction and one round trip: all of them happen or none.
   * Returns the rows of each, in order; `Results` names their types.
   */
  async batch<Results extends unknown[][] = unknown[][]>(
    queries: readonly Statement[],
  ): Promise<Results> {
    const results = await this.#d1.batch(queries.map((query) => this.#prepare(query)));
    const rows: unknown = results.map((result) => result.results);
    // D1 cannot know the row types; the queries stand beside the type argument where this is called.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    return rows as Results;
  }

  /**
   * Runs all statements in one transaction, and again where the database was away and nobody can say
   * whether it happened: only for statements that change nothing more when they are run twice. Throws when the
   * database does not answer for some seconds.
   */
  async surely(queries: readonly Statement[]): Promise<void> {
    for (const pauseMs of RETRY_PAUSES_MS) {
      try {
        await this.batch(queries);
        return;
      } catch (error) {
        if (!isStorageAway(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    await this.batch(queries);
  }

  /** How large the database is (bytes); D1 tells it with every answer. */
  async size(): Promise<number> {
    const { meta } = await this.#d1.prepare('select 1').run();
    return meta.size_after;
  }

  #prepare(query: Statement | Rendered): D1PreparedStatement {
    const { text, params } = 'text' in query ? query : render(query);
    if (params.some(isTooLarge)) throw new Error('A bound value is larger than D1 takes.');
    return this.#d1.prepare(text).bind(...params);
  }
}

/** A list as one bound parameter for `json_each(…)`: D1 takes a hundred parameters per statement. */
export function jsonList(values: readonly unknown[]): SQL {
  return sql`${JSON.stringify(values)}`;
}

/** Whether a column is one of some values, as many as they may be: they are one parameter. */
export function isOneOf(column: SQLWrapper, values: readonly unknown[]): SQL {
  return sql`${column} in (select value from json_each(${jsonList(values)}))`;
}

/** A bound string holds at most so much (D1's limits page). */
const MAX_BOUND_BYTES = 2_000_000;

/** A character takes up to three bytes, and its escape in JSON up to six. */
const MAX_CHUNK_CHARACTERS = 600_000;

/**
 * Rows as JSON lists for one statement each. Nearly always one; none for no rows. A row is never
 * split, so each must itself be well below the limit of a bound value.
 */
export function jsonChunks(rows: readonly unknown[]): SQL[] {
  const chunks: string[][] = [];
  let size = Infinity;
  for (const row of rows) {
    const json = JSON.stringify(row);
    if (size + json.length > MAX_CHUNK_CHARACTERS) {
      chunks.push([]);
      size = 0;
    }
    chunks.at(-1)?.push(json);
    size += json.length;
  }
  return chunks.map((chunk) => sql`${`[${chunk.join()}]`}`);
}

/** The local runtime takes any size: without this no test would find what D1 refuses. */
function isTooLarge(value: unknown): boolean {
  if (typeof value !== 'string' || value.length <= MAX_CHUNK_CHARACTERS) return false;
  return new TextEncoder().encode(value).length > MAX_BOUND_BYTES;
}

/** Whether a write failed because a row with the same key is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && error.message.includes('UNIQUE constraint failed');
}

/** Reads a JSON column that we wrote ourselves, so that its shape is certain. */
export function readJson<Shape>(column: string): Shape {
  const value: Shape = JSON.parse(column);
  return value;
}
