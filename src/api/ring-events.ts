import type { Context } from 'hono';
import type { WrittenEvent } from '../events/event.ts';
import { logError } from '../log.ts';
import type { ApiEnv } from './api-env.ts';

/**
 * Rings for events that were just written, after the answer. The Stack object finds them by itself
 * where this is lost.
 */
export function ringEvents(c: Context<ApiEnv>, written: readonly WrittenEvent[]): void {
  if (written.length === 0) return;
  const { bells, stack } = c.var;
  const open = written.filter((event) => event.open === 1).map((event) => event.seq);
  const rung = bells.events(open).catch((error: unknown) => {
    logError('events_bell_failed', error, { stack: stack.config.name });
  });
  c.executionCtx.waitUntil(rung);
}
