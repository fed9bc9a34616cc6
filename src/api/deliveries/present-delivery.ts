import { z } from '@hono/zod-openapi';
import type { DeliveryKey } from '../../webhooks/chat-queue.ts';
import type { LoggedAttempt } from '../../webhooks/log/list-attempts.ts';
import type { LoggedDelivery } from '../../webhooks/log/logged-delivery.ts';
import type { deliverySchema, retrievedDeliverySchema } from './delivery-schema.ts';

/** Its webhook and the sequence number of its event; fifteen digits stay whole numbers in JavaScript. */
const ID = /^([1-9]\d{0,14})-([1-9]\d{0,14})$/;

/** The id of a delivery in a path. What cannot be one is no such thing. */
export const deliveryParams = z.object({
  id: z
    .string()
    .regex(ID)
    .transform(readId)
    .openapi({ param: { name: 'id', in: 'path' }, type: 'string', example: '2-1041' }),
});

/** Shows a delivery. */
export function presentDelivery(delivery: LoggedDelivery): z.input<typeof deliverySchema> {
  const { webhookId, seq } = delivery;
  return {
    id: writeId({ webhook_id: webhookId, seq }),
    webhook: webhookId,
    sequence: seq,
    webhook_id: delivery.deliveryId,
    kind: delivery.kind,
    chats: delivery.chats,
    state: delivery.state,
    attempts: delivery.attempts,
    status: delivery.status,
    error: delivery.error,
    last_error: delivery.lastError,
    latency_ms: delivery.latencyMs,
    attempted_at: inSeconds(delivery.attemptedAt),
    attempted_at_ms: delivery.attemptedAt,
    created_at: inSeconds(delivery.createdAt),
    created_at_ms: delivery.createdAt,
    next_attempt_at: inSeconds(delivery.nextAttemptAt),
    next_attempt_at_ms: delivery.nextAttemptAt,
    waiting_for: delivery.waiting?.reason ?? null,
    waiting_until: inSeconds(delivery.waiting?.until ?? null),
    waiting_until_ms: delivery.waiting?.until ?? null,
    replay: delivery.replayId,
    part: delivery.part,
  };
}

/** Shows a delivery with its attempts. */
export function presentRetrieved(
  delivery: LoggedDelivery,
  attempts: readonly LoggedAttempt[],
): z.input<typeof retrievedDeliverySchema> {
  return { ...presentDelivery(delivery), attempts_log: attempts.map(presentAttempt) };
}

function presentAttempt(
  attempt: LoggedAttempt,
): z.input<typeof retrievedDeliverySchema>['attempts_log'][number] {
  return {
    number: attempt.number,
    at: inSeconds(attempt.at),
    at_ms: attempt.at,
    status: attempt.status,
    error: attempt.error,
    latency_ms: attempt.latencyMs,
    request_headers: attempt.requestHeaders,
    response_headers: attempt.responseHeaders,
    response_body: attempt.responseBody,
    replay: attempt.replayId,
    part: attempt.part,
  };
}

function inSeconds<Ms extends number | null>(ms: Ms): number | Extract<Ms, null>;

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000);
}

/** Writes the id of a delivery. */
function writeId({ webhook_id, seq }: DeliveryKey): string {
  return `${webhook_id}-${seq}`;
}

function readId(id: string): DeliveryKey {
  const [, webhookId, seq] = ID.exec(id) ?? [];
  return { webhook_id: Number(webhookId), seq: Number(seq) };
}
