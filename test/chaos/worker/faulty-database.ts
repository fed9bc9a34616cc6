import type { Guard } from './guard.ts';

const READS = /^\s*(?:select|with\b(?!.*\b(?:insert|update|delete)\b))/is;

/** A D1 database whose calls go through a guard; all that `src/store/database.ts` uses of one. */
export function faultyDatabase(real: D1Database, guard: Guard): D1Database {
  const originals = new WeakMap<
    D1PreparedStatement,
    { statement: D1PreparedStatement; isRead: boolean }
  >();

  function wrap(statement: D1PreparedStatement, isRead: boolean): D1PreparedStatement {
    const calls = new Set<PropertyKey>(['all', 'first', 'run', 'raw']);
    const wrapped = new Proxy(statement, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        if (name === 'bind') return (...values: unknown[]) => wrap(target.bind(...values), isRead);
        if (!calls.has(name)) return member.bind(target);
        return (...args: unknown[]) =>
          guard('storage', isRead, async () => member.apply(target, args));
      },
    });
    originals.set(wrapped, { statement, isRead });
    return wrapped;
  }

  function batch<Row>(statements: D1PreparedStatement[]): Promise<D1Result<Row>[]> {
    const own = statements.map((one) => originals.get(one) ?? { statement: one, isRead: false });
    const isRead = own.every((one) => one.isRead);
    return guard('storage', isRead, () => real.batch<Row>(own.map((one) => one.statement)));
  }

  return new Proxy(real, {
    get: (target, name) => {
      if (name === 'prepare') return (text: string) => wrap(target.prepare(text), READS.test(text));
      if (name === 'batch') return batch;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
