import { dueReplays } from '../../webhooks/replays/find-replays.ts';
import type { ApiEnv } from '../api-env.ts';

/**
 * Rings for all that a change of a webhook may have made due: its deliveries, and the replay of what it
 * missed. If a bell is lost, the next sweep rings.
 */
export async function ringDue(
  { stack, bells }: Pick<ApiEnv['Variables'], 'stack' | 'bells'>,
  webhookId: number,
): Promise<void> {
  const replays = await dueReplays(stack.db, webhookId, Date.now());
  await Promise.all([bells.webhooks([webhookId]), bells.replays(replays)]);
}
