import { sql, type SQL } from 'drizzle-orm';
import { countUpTo } from './overdue.ts';

/**
 * An SQL expression: how many deliveries of enabled webhooks wait behind breakers that are open, counted
 * up to `MAX_COUNTED`. They are not overdue, however long that goes on.
 */
export function countBehindBreakers(): SQL {
  return countUpTo(sql`from webhooks w cross join deliveries d
    on d.webhook_id = w.id and d.state = 'due' where ${isBroken()}`);
}

/** An SQL expression: how many enabled webhooks have an open breaker, counted up to `MAX_COUNTED`. */
export function countOpenBreakers(): SQL {
  return countUpTo(sql`from webhooks w where ${isBroken()}`);
}

function isBroken(): SQL {
  return sql`w.is_enabled = 1 and w.breaker_opened_at is not null`;
}
