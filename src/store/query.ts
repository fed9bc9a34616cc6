import {
  Column,
  fillPlaceholders,
  getTableColumns,
  SQL,
  sql,
  type SQLWrapper,
  StringChunk,
  Subquery,
} from 'drizzle-orm';
import {
  type SQLiteInsertValue,
  SQLiteSyncDialect,
  type SQLiteTable,
} from 'drizzle-orm/sqlite-core';
import { drizzle } from 'drizzle-orm/sqlite-proxy';

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

/** SQL with its bound values. `Rows` is what the database answers with. */
export interface Rendered<Rows = unknown> {
  text: string;
  params: unknown[];
  readonly rows?: Rows;
}

const dialect = new SQLiteSyncDialect();

/** Renders a statement. Throws as `assertPlainRows` does. */
export function render<Rows>(statement: Statement<Rows>): Rendered<Rows> {
  if (!(statement instanceof SQL)) assertPlainRows(statement);
  const { sql: text, params } = dialect.sqlToQuery(statement.getSQL());
  return { text, params };
}

/**
 * Builds and renders a statement once, at the first call, and returns what fills in its values: for what
 * every request asks. To build and render a query takes ten times as long as to render a short template.
 */
export function renderOnce<Rows, Values extends Record<string, unknown>>(
  build: (values: Values) => Statement<Rows>,
): (values: Values) => Rendered<Rows> {
  let rendered: Rendered<Rows> | undefined;
  const placeholders = new Proxy({}, { get: (_, name) => sql.placeholder(String(name)) });
  return (values) => {
    // drizzle takes a placeholder wherever it takes a value.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    rendered ??= render(build(placeholders as Values));
    return { text: rendered.text, params: fillPlaceholders(rendered.params, values) };
  };
}

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
 * name another one has. Nothing maps what a column holds, so a selected column is a plain one. And in a computed
 * value drizzle leaves out a column's table, so that a subquery would take it for a column of its own: a subquery
 * is a query, or a template, within that of the value.
 */
function assertPlainRows(built: BuiltQuery): void {
  for (const [key, field] of selectionOf(built)) {
    if (nameOf(field) !== key) throw new Error(`The result has no column "${key}": alias it.`);
    if (
      field instanceof Column &&
      field.mapFromDriverValue !== Column.prototype.mapFromDriverValue
    ) {
      throw new Error(`The column "${key}" holds another value than its type says.`);
    }
    if (field instanceof SQL.Aliased && isAmbiguous(field.sql.queryChunks)) {
      throw new Error(`A column in "${key}" may be taken for another: nest the subquery.`);
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

function isAmbiguous(chunks: readonly unknown[]): boolean {
  const isSubquery = chunks.some(
    (chunk) => chunk instanceof StringChunk && chunk.value.some((text) => text.includes('select')),
  );
  return isSubquery && chunks.some((chunk) => chunk instanceof Column);
}

function nameOf(field: unknown): string | undefined {
  if (field instanceof Column) return field.name;
  if (field instanceof SQL.Aliased) return field.fieldAlias;
  return field instanceof Subquery ? field._.alias : undefined;
}
