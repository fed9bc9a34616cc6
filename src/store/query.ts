import { Column, getTableColumns, SQL, type SQLWrapper, sql, Subquery } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/sqlite-proxy';
import type { SQLiteInsertValue, SQLiteTable } from 'drizzle-orm/sqlite-core';

/**
 * drizzle's query builder without a connection: what it builds is handed to `Database`, alone or in a batch
 * with `sql` templates. A condition that a partial index names is a template with the literal in it
 * (`.inlineParams()`): SQLite does not look for the index by a bound value.
 */
export const query = drizzle(() => {
  throw new Error('A query is handed to Database, not awaited.');
});

/** A query of the builder. `Rows` is what drizzle infers: an array of rows, or nothing of use without any. */
export interface BuiltQuery<Rows = unknown> extends SQLWrapper {
  execute(): Promise<Rows>;
}

/** What `Database` runs: a template, or a query of the builder whose rows have a known type. */
export type Statement<Rows = unknown> = SQL | BuiltQuery<Rows>;

/** The rows of a query of the builder, for the type argument of a batch. */
export type RowsOf<Built extends BuiltQuery> = Awaited<ReturnType<Built['execute']>>;

/** `insert … select … where`: writes the row only where `condition` holds when its turn comes. */
export function insertWhere<Table extends SQLiteTable>(
  table: Table,
  row: SQLiteInsertValue<Table>,
  condition: SQL | undefined,
) {
  const given = new Map<string, unknown>(Object.entries(row));
  const values = Object.entries(getTableColumns(table)).map(([key, column]) => {
    const value = given.get(key) ?? (given.has(key) ? null : (column.default ?? null));
    return value instanceof SQL ? value : sql.param(value, column);
  });
  const where = condition ?? sql`true`;
  return query.insert(table).select(sql`select ${sql.join(values, sql`, `)} where ${where}`);
}

/**
 * Throws where the rows of a query would not be what its type says. D1 gives rows as objects by the names in
 * the result, not by position: a computed value needs `.as('its key')`, and so does a joined column whose
 * name another one has. Nothing maps what a column holds, so a selected column is a plain one.
 */
export function assertPlainRows(built: BuiltQuery): void {
  for (const [key, field] of selectionOf(built)) {
    if (nameOf(field) !== key) throw new Error(`The result has no column "${key}": alias it.`);
    if (field instanceof Column && field.mapFromDriverValue !== Column.prototype.mapFromDriverValue) {
      throw new Error(`The column "${key}" holds another value than its type says.`);
    }
  }
}

interface Returned {
  path: readonly string[];
  field: unknown;
}

/** Keys and fields of what is selected or returned. drizzle hands them out for neither kind. */
function selectionOf(built: BuiltQuery): [string, unknown][] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its own `config`, internal to drizzle
  const { config } = built as { config?: { fields?: object; returning?: readonly Returned[] } };
  if (config?.fields !== undefined) return Object.entries(config.fields);
  return (config?.returning ?? []).map(({ path, field }) => [path.join('.'), field]);
}

function nameOf(field: unknown): string | undefined {
  if (field instanceof Column) return field.name;
  if (field instanceof SQL.Aliased) return field.fieldAlias;
  return field instanceof Subquery ? field._.alias : undefined;
}
