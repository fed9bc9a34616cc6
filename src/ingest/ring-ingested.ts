import type { StackConfig } from '../config.ts';
import type { Bells } from '../inbox/bells.ts';
import { logError } from '../log.ts';
import type { Ingested } from './record-new.ts';

/**
 * Rings for what ingests have written. Never rejects: the rows are safe, and who is not rung now is
 * found by the Stack object.
 */
export async function ringIngested(
  ingested: readonly Ingested[],
  bells: Bells,
  { name, fcm }: Pick<StackConfig, 'name' | 'fcm'>,
): Promise<void> {
  const open = ingested.flatMap((one) => [...one.openBeside, ...(one.open === 1 ? [one.seq] : [])]);
  const mediaIds = ingested.flatMap((one) => one.mediaIds);
  const incoming = ingested.filter((one) => one.hasIncoming).map(({ seq }) => seq);
  try {
    await Promise.all([
      bells.events(open),
      mediaIds.length > 0 ? bells.media(mediaIds) : undefined,
      fcm !== undefined && incoming.length > 0 ? bells.pushes(incoming) : undefined,
    ]);
  } catch (error) {
    logError('ring_failed', error, { stack: name });
  }
}
