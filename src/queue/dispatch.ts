import type { QueueMessage } from '../bindings.ts';
import type { DeliveryDeps } from '../delivery/delivery-deps.ts';
import { deliverEvents, type DeliveredEvents } from '../delivery/fast-lane.ts';
import type { DueWork } from '../delivery/report-due-work.ts';
import { PATIENCE_MS } from '../delivery/fast-run.ts';
import { stepReplay } from '../delivery/replay-step.ts';
import { deliverDue } from '../delivery/slow-lane.ts';
import { fetchMedia } from '../inbox/media/fetch-media.ts';
import { pushEvent } from '../inbox/push/push-event.ts';
import { REFRESH_STEPS } from '../inbox/refreshing/refresh-steps.ts';
import { workRefreshes } from '../inbox/refreshing/work-refreshes.ts';
import { logError } from '../log.ts';

/**
 * How long one bell fetches from WABA: with a request that is then under way it ends within the half minute
 * that an invocation has after its batch. The next bell goes on.
 */
const REFRESH_BUDGET_MS = 15_000;

const NOTHING: DueWork = { webhooks: [], nextAt: undefined };

/** Does what a doorbell rings for. Returns what is left of it; throws where we failed, not where others did. */
export async function dispatch(
  message: QueueMessage,
  work: DeliveryDeps,
): Promise<DueWork | DeliveredEvents> {
  switch (message.kind) {
    case 'event':
      return deliverEvents([message.seq], work);
    case 'webhook':
      return patiently(deliverDue(message.webhook, work), work, message);
    case 'replay':
      return stepReplay(message.replay, work);
    case 'media':
      return { ...NOTHING, nextAt: await fetchMedia(work.stack, message.media, work.now()) };
    case 'push':
      await pushEvent(work.stack, message.event, work.now());
      return NOTHING;
    case 'refresh':
      return patiently(refresh(work), work, message);
  }
}

async function refresh({ stack }: DeliveryDeps): Promise<DueWork> {
  await workRefreshes(stack, REFRESH_STEPS, REFRESH_BUDGET_MS);
  return NOTHING;
}

/**
 * Waits only so long for a slow webhook to be worked off, or for WABA: the batch's other doorbells and the
 * batches behind it go on. What takes longer reports for itself.
 */
async function patiently(
  working: Promise<DueWork>,
  work: DeliveryDeps,
  { stack, kind }: QueueMessage,
): Promise<DueWork> {
  const inTime = await Promise.race([working, work.sleep(PATIENCE_MS)]);
  if (inTime !== undefined) return inTime;
  work.later(
    working
      .then((dueWork) => work.report(dueWork))
      .catch((error: unknown) => logError('late_work_failed', error, { stack, kind })),
  );
  return NOTHING;
}
