import { sql, type SQL } from 'drizzle-orm';
import type { counters } from '../store/schema.ts';

type CounterName = (typeof counters.$inferSelect)['name'];

/** What is counted rather than told how far something has come. */
type TotalName = Extract<CounterName, 'messages' | 'chats'>;

/** One of the stack's counters, as an expression; 0 where it was never set. */
export function counterOf(name: CounterName): SQL {
  return sql`coalesce((select value from counters where name = ${name}), 0)`;
}

/** One of the stack's totals, as an expression. */
export function totalOf(name: TotalName): SQL {
  return sql`(select value from counters where name = ${name})`;
}

/** Selects one of the stack's totals as `count`. */
export function readCounter(name: TotalName): SQL {
  return sql`select value as count from counters where name = ${name}`;
}

/** The statement that adds to a total. */
export function addToTotal(name: TotalName, count: number): SQL {
  return sql`update counters set value = value + ${count} where name = ${name}`;
}

/**
 * The statement that adds to a total what `counted` selects as `count`, which may be less than nothing.
 * Writes no row where that is 0.
 */
export function addCounted(name: TotalName, counted: SQL): SQL {
  return sql`update counters set value = value + new.count from (${counted}) new
    where name = ${name} and new.count <> 0`;
}

/**
 * The statement that sets counters which only rise to what `select`, which ends in a condition, names
 * as rows of name and value. One that is higher already stays.
 */
export function raiseCounters(select: SQL): SQL {
  return sql`insert into counters (name, value) ${select}
    on conflict (name) do update set value = max(value, excluded.value)`;
}
