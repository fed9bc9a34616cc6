import type { StackConfig } from '../config.ts';
import type { Bells } from '../inbox/bells.ts';
import { logError } from '../log.ts';
import type { Ingested } from './record-new.ts';

/**
 * Rings for what an ingest has written. Never rejects: the rows are safe, and who is not rung now is
 * found by the Stack object.
 */
export async function ringIngested(
  { seq, open, openBeside, mediaIds, hasIncoming }: Ingested,
  bells: Bells,
  { name, fcm }: Pick<StackConfig, 'name' | 'fcm'>,
): Promise<void> {
  try {
    await Promise.all([
      bells.events([...openBeside, ...(open === 1 ? [seq] : [])]),
      mediaIds.length > 0 ? bells.media(mediaIds) : undefined,
      fcm !== undefined && hasIncoming ? bells.pushes([seq]) : undefined,
    ]);
  } catch (error) {
    logError('ring_failed', error, { stack: name });
  }
}
