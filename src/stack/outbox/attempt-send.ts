import type { OutboxDeps } from './outbox-deps.ts';
import { holdFor, holdOn, type OutboxState } from './outbox-state.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import type { SendResult } from './send-job.ts';

/** What came of an attempt, and when the message itself left (milliseconds). */
export interface Attempted {
  result: SendResult;
  departedAt: number;
}

/**
 * Sends a message that is under way. Its own files are handed over first, which may take minutes: so long
 * it holds up its recipient, since nothing of it has left; then `onLeft` is called. Never rejects.
 */
export async function attemptSend(
  { stack, now, handOver, send }: OutboxDeps,
  state: OutboxState,
  { n, id, chat, type, payload }: OutgoingMessage,
  onLeft: () => void,
): Promise<Attempted> {
  const job = { stack, message: { id, chat, type, payload } };
  const handingOver = handOver(job);
  if (handingOver !== undefined) {
    holdOn(state, n);
    const problem = await handingOver.catch((error: unknown): SendResult => ({
      kind: 'unready',
      reason: reasonOf(error),
    }));
    if (problem !== undefined) return { result: problem, departedAt: now() };
    holdFor(state, n, now());
  }
  const departedAt = now();
  try {
    const sending = send(job);
    if (handingOver !== undefined) onLeft();
    return { result: await sending, departedAt };
  } catch (error) {
    return { result: { kind: 'lost', reason: reasonOf(error) }, departedAt };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
