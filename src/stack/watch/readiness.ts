import type { Context } from 'hono';
import { sql } from 'drizzle-orm';
import type { StackContext } from '../../store/open-stack.ts';
import {
  foreignWarning,
  selectForeign,
  type ForeignNumber,
} from '../../inbox/profile/foreign-numbers.ts';
import { storageUse } from '../../store/storage-use.ts';
import { logError } from '../../log.ts';
import { countUpTo } from './count-up-to.ts';
import { pastDueMs, selectOldestDue } from './overdue.ts';
import { warningsOf } from './warnings.ts';

/**
 * `GET /readyz`: 200 once storage answers, with the age of what is longest overdue and with warnings
 * about what an operator should see to; 503 otherwise.
 */
export async function readiness(
  c: Context<{ Variables: { stack: StackContext } }>,
): Promise<Response> {
  const { config, db } = c.var.stack;
  try {
    const [row, storage, foreign] = await Promise.all([
      db.first<{ due_at: number | null; dead_letters: number }>(sql`
        select (${selectOldestDue()}) as due_at, ${countUpTo(sql`from dead_letters`)} as dead_letters`),
      storageUse(c.var.stack),
      db.all<ForeignNumber>(selectForeign()),
    ]);
    const deadLetters = row?.dead_letters ?? 0;
    return c.json({
      status: 'ok',
      stack: config.name,
      past_due_ms: pastDueMs(row?.due_at, Date.now()),
      dead_letters: deadLetters,
      database: {
        bytes: storage.bytes,
        limit_bytes: storage.limitBytes,
        nearly_full: storage.isNear,
      },
      // Of other numbers than this inbox's: how many bodies were about each.
      foreign_numbers: foreign.map(({ phone_number_id, bodies }) => ({ phone_number_id, bodies })),
      warnings: [...warningsOf(deadLetters, storage), ...foreignWarning(foreign, Date.now())],
    });
  } catch (error) {
    logError('not_ready', error, { stack: config.name });
    return c.json(
      { status: 'unavailable', stack: config.name, detail: 'The database does not answer.' },
      503,
    );
  }
}
