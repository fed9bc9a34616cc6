import { log } from '../../log.ts';
import type { WabaClient } from '../../waba/client.ts';

/**
 * Tells WhatsApp that a message, and all before it, was read: its sender sees blue ticks. Never
 * throws; a failure is logged, for the mark in the inbox holds without it.
 */
export async function showAsRead(
  client: Pick<WabaClient, 'markRead'>,
  wabaId: string,
): Promise<void> {
  const result = await client.markRead(wabaId);
  if (result.kind !== 'answered') {
    log('mark_read_failed', { waba_id: wabaId, reason: result.reason });
  } else if (result.status >= 300) {
    log('mark_read_failed', { waba_id: wabaId, status: result.status });
  }
}
