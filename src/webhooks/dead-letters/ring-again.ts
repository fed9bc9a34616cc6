import type { Bells } from '../../inbox/bells.ts';
import { logError } from '../../log.ts';
import type { Doorbell } from './dead-letter.ts';

/**
 * Rings for dead letters that were taken back. Never throws: what a bell loses the Stack object finds
 * by itself.
 */
export async function ringAgain(
  bells: Bells,
  doorbells: readonly Doorbell[],
  stack: string,
): Promise<void> {
  const events = doorbells.flatMap((bell) => (bell.kind === 'event' ? bell.seq : []));
  const webhooks = doorbells.flatMap((bell) => (bell.kind === 'webhook' ? bell.webhook : []));
  const media = doorbells.flatMap((bell) => (bell.kind === 'media' ? bell.media : []));
  const pushes = doorbells.flatMap((bell) => (bell.kind === 'push' ? bell.event : []));
  const replays = doorbells.flatMap((bell) => (bell.kind === 'replay' ? bell.replay : []));
  const hasRefresh = doorbells.some((bell) => bell.kind === 'refresh');
  try {
    await Promise.all([
      events.length > 0 && bells.events(events),
      webhooks.length > 0 && bells.webhooks(webhooks),
      media.length > 0 && bells.media(media),
      pushes.length > 0 && bells.pushes(pushes),
      replays.length > 0 && bells.replays(replays),
      hasRefresh && bells.refreshes(),
    ]);
  } catch (error) {
    logError('dead_letters_not_rung', error, { stack });
  }
}
