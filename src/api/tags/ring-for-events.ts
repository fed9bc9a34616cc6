import type { WrittenEvent } from '../../inbox/events.ts';
import { logError } from '../../log.ts';
import type { ApiEnv } from '../api-env.ts';

/**
 * Rings for events once they are written. Never rejects: the rows are safe, and whoever is not rung now
 * is found by the Stack object.
 */
export async function ringForEvents(
  { stack, bells }: Pick<ApiEnv['Variables'], 'stack' | 'bells'>,
  written: readonly WrittenEvent[] | Promise<readonly WrittenEvent[]>,
): Promise<void> {
  try {
    const events = await written;
    if (events.length === 0) return;
    await bells.events(events.flatMap(({ seq, open }) => (open === 1 ? [seq] : [])));
  } catch (error) {
    logError('ring_failed', error, { stack: stack.config.name });
  }
}
