/**
 * Makes a call to D1, of one statement or of a batch: `texts` are the statements, `call` makes it and
 * returns a result for each.
 */
export type AroundStatements = (
  texts: readonly string[],
  call: () => Promise<D1Result[]>,
) => Promise<D1Result[]>;

/** A statement of the real database. */
interface Original {
  statement: D1PreparedStatement;
  text: string;
}

/** A D1 database whose calls are made by `around`; all that `src/store/database.ts` uses of one. */
export function wrappedDatabase(real: D1Database, around: AroundStatements): D1Database {
  const originals = new WeakMap<D1PreparedStatement, Original>();

  function wrap(original: Original): D1PreparedStatement {
    const all = async (): Promise<D1Result> =>
      oneOf(await around([original.text], async () => [await original.statement.all()]));
    const wrapped = new Proxy(original.statement, {
      get: (target, name) => {
        if (name === 'all' || name === 'run') return all;
        // D1's own does the same, and says nothing of what it has read.
        if (name === 'first') return async () => (await all()).results[0] ?? null;
        if (name === 'bind') {
          return (...values: unknown[]) => wrap({ ...original, statement: target.bind(...values) });
        }
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    originals.set(wrapped, original);
    return wrapped;
  }

  function batch(statements: D1PreparedStatement[]): Promise<D1Result[]> {
    const own = statements.map((one) => originals.get(one) ?? { statement: one, text: '' });
    return around(
      own.map(({ text }) => text),
      () => real.batch(own.map(({ statement }) => statement)),
    );
  }

  return new Proxy(real, {
    get: (target, name) => {
      if (name === 'prepare') {
        return (text: string) => wrap({ statement: target.prepare(text), text });
      }
      if (name === 'batch') return batch;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

function oneOf([result]: readonly D1Result[]): D1Result {
  if (result === undefined) throw new Error('A call to D1 came back without a result.');
  return result;
}
