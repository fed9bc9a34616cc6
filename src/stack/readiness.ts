import type { Context } from 'hono';
import { sql } from 'drizzle-orm';
import type { StackContext } from '../store/open-stack.ts';
import { logError } from '../log.ts';
import { RESEND_AFTER_MS } from './outbox/outbox-state.ts';

/** `GET /readyz`: 200 once storage answers, with the age of what is longest overdue; 503 otherwise. */
export async function readiness(
  c: Context<{ Variables: { stack: StackContext } }>,
): Promise<Response> {
  const { config, db } = c.var.stack;
  const now = Date.now();
  try {
    const row = await db.first<{ due_at: number | null }>(sql`
      select min(due_at) as due_at from (
        select * from (select created_at as due_at from events where open = 1 order by seq limit 1)
        union all select min(next_at) from deliveries where state = 'due'
        union all select * from (
          select max(o.next_at, m.timestamp * 1000, coalesce(o.attempted_at + ${RESEND_AFTER_MS}, 0)) from outbox o join messages m on m.n = o.n order by o.n limit 1))`);
    const dueAt = row?.due_at ?? now;
    return c.json({ status: 'ok', stack: config.name, past_due_ms: Math.max(0, now - dueAt) });
  } catch (error) {
    logError('not_ready', error, { stack: config.name });
    return c.json(
      { status: 'unavailable', stack: config.name, detail: 'The database does not answer.' },
      503,
    );
  }
}
