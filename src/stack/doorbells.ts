import type { Env, QueueMessage, StackObject } from '../bindings.ts';
import { sql } from 'drizzle-orm';
import type { AtOnceBells } from '../delivery/deliver-at-once.ts';
import type { Bells } from '../inbox/bells.ts';
import { openStack, type StackContext } from '../store/open-stack.ts';

/** A queue takes at most 100 messages at once (Queues limits). */
const MAX_SEND = 100;

/** Where a queue fails, the alarm rings by then in its place: without that it may be a minute off. */
const UNRUNG_WAIT_MS = 5_000;

/**
 * The bells of one stack: the queues for delivery, the Stack object for what happens in it. Who writes
 * events knows best who is to be told of them.
 */
export function doorbells(env: Env, stack: string): Omit<Bells, 'events'> {
  const object = (): DurableObjectStub<StackObject> => env.STACK.getByName(stack);
  return {
    outbox: () => object().workOutbox(),
    media: (ids) =>
      ringAll(
        env,
        stack,
        env.MEDIA,
        ids.map((media) => ({ kind: 'media', stack, media })),
      ),
    // Beside the files: a lane of its own, in which a slow receiver of ours holds up no delivery.
    pushes: (seqs) =>
      ringAll(
        env,
        stack,
        env.MEDIA,
        seqs.map((event) => ({ kind: 'push', stack, event })),
      ),
    webhooks: (ids) => ringWebhooks(env, stack, ids),
    replays: (ids) => ringReplays(env, stack, ids),
    // Beside the files, too: WABA may take its time.
    refreshes: () => ringAll(env, stack, env.MEDIA, [{ kind: 'refresh', stack }]),
    closeSockets: (userId) => object().closeSockets(userId),
  };
}

/** What delivery rings, for any stack. */
export function deliveryBells(env: Env): AtOnceBells {
  return {
    ringEvents: (stack, seqs) => ringEvents(env, stack, seqs),
    ringWebhooks: (stack, webhooks) => ringWebhooks(env, stack, webhooks),
    announce: (stack) => announceOwnEvents(env, openStack(env, stack)),
    reportDue: (stack, nextAt) => env.STACK.getByName(stack).reportDue(nextAt),
  };
}

/** Rings the fast lane for open events. */
export function ringEvents(env: Env, stack: string, seqs: readonly number[]): Promise<void> {
  return ringAll(
    env,
    stack,
    env.EVENTS,
    seqs.map((seq) => ({ kind: 'event', stack, seq })),
  );
}

/** Tells webhooks and websockets of the events that delivery itself has written. */
async function announceOwnEvents(env: Env, { config, db }: StackContext): Promise<void> {
  const events = await db.all<{ seq: number }>(
    sql`select seq from events where open = 1 and kind = 'webhook' limit ${MAX_SEND}`,
  );
  await ringEvents(
    env,
    config.name,
    events.map(({ seq }) => seq),
  );
  await env.STACK.getByName(config.name).ring();
}

/** Rings the slow lane for webhooks with due deliveries. */
export function ringWebhooks(env: Env, stack: string, webhooks: readonly number[]): Promise<void> {
  return ringAll(
    env,
    stack,
    env.DUE,
    webhooks.map((webhook) => ({ kind: 'webhook', stack, webhook })),
  );
}

/** Rings for replays whose next step is due. */
export function ringReplays(env: Env, stack: string, replays: readonly number[]): Promise<void> {
  return ringAll(
    env,
    stack,
    env.DUE,
    replays.map((replay) => ({ kind: 'replay', stack, replay })),
  );
}

/** Throws what the queue throws; the object's alarm then looks for what was not rung. */
async function ringAll(
  env: Env,
  stack: string,
  queue: Queue<QueueMessage>,
  messages: readonly QueueMessage[],
): Promise<void> {
  try {
    for (let start = 0; start < messages.length; start += MAX_SEND) {
      await queue.sendBatch(messages.slice(start, start + MAX_SEND).map((body) => ({ body })));
    }
  } catch (error) {
    await env.STACK.getByName(stack)
      .reportDue(Date.now() + UNRUNG_WAIT_MS)
      .catch(() => undefined);
    throw error;
  }
}
