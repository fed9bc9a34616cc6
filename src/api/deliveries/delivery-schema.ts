import { z } from '@hono/zod-openapi';
import { WAITING_REASONS } from '../../webhooks/log/waiting-for.ts';
import { EVENT_KINDS } from '../../events/kinds.ts';
import { DELIVERY_ERRORS, DELIVERY_STATES } from './deliveries-query.ts';

const seconds = z.int().openapi({ description: 'Seconds.' });

const milliseconds = z.int().openapi({ description: 'Milliseconds.' });

const replay = z.int().nullable().openapi({ description: 'The replay that it was made by.' });

/** A delivery in an answer: the shape of `presentDelivery`. */
export const deliverySchema = z
  .object({
    id: z.string().openapi({ example: '2-1041' }),
    webhook: z.int(),
    sequence: z.int().openapi({ description: 'The sequence number of its event.' }),
    webhook_id: z.string().openapi({ description: 'The `webhook-id` header of its attempts.' }),
    kind: z.enum(EVENT_KINDS),
    chats: z.array(z.string()).openapi({
      description: 'The wa_ids of the customers whom the event is about.',
    }),
    state: z.enum(DELIVERY_STATES),
    attempts: z.int().openapi({
      description:
        'How many were made; counted anew after a retry by hand, for a replay, and for each part.',
    }),
    status: z.int().nullable().openapi({
      description: 'Of the latest attempt, also where its answer did not come to its end.',
    }),
    error: z.enum(DELIVERY_ERRORS).nullable().openapi({
      description: 'Why the latest attempt got no answer; null where it got one.',
    }),
    last_error: z.string().nullable().openapi({ description: 'The latest failure in a sentence.' }),
    latency_ms: z.int().nullable(),
    attempted_at: seconds.nullable(),
    attempted_at_ms: milliseconds.nullable(),
    created_at: seconds,
    created_at_ms: milliseconds,
    next_attempt_at: seconds.nullable().openapi({
      description:
        'Seconds; null unless it is due, and while it is held: its webhook is disabled, or it waits for another delivery of its chat.',
    }),
    next_attempt_at_ms: milliseconds.nullable(),
    waiting_for: z.enum(WAITING_REASONS).nullable().openapi({
      description: 'Why it is still due; null where it has come to its end.',
    }),
    waiting_until: seconds.nullable().openapi({
      description:
        'Seconds; for how long at most, null where that depends on somebody or something else.',
    }),
    waiting_until_ms: milliseconds.nullable(),
    replay,
    part: z.int().openapi({
      description:
        'Which of its requests is next, or was the last one, from 0. Always 0 but for webhooks of a dialect that posts an event as several.',
    }),
  })
  .openapi('Delivery');

const headers = z.record(z.string(), z.string()).nullable();

const attemptSchema = z
  .object({
    number: z.int(),
    at: seconds,
    at_ms: milliseconds,
    status: z.int().nullable(),
    error: z.enum(DELIVERY_ERRORS).nullable(),
    latency_ms: z.int(),
    request_headers: headers.openapi({ description: 'Secrets are masked.' }),
    response_headers: headers,
    response_body: z.string().nullable().openapi({ description: 'The first 16 KiB of it.' }),
    replay,
    part: z.int().openapi({ description: 'Which of the requests of its delivery it was, from 0.' }),
  })
  .openapi('DeliveryAttempt');

/** A delivery with its attempts: the shape of `presentRetrieved`. */
export const retrievedDeliverySchema = deliverySchema
  .extend({
    attempts_log: z.array(attemptSchema).openapi({
      description:
        'The newest hundred attempts, oldest first. Of one that succeeded at the first try no headers and no body are kept.',
    }),
  })
  .openapi('RetrievedDelivery');

/** The answer of a list of deliveries. */
export const deliveriesAnswer = z.object({
  results: z.array(deliverySchema),
  next: z.url().nullable(),
});

/** How a list of deliveries is to be read. */
export const LOG_DESCRIPTION =
  'Newest event first. A request looks at a part of the log only, so that `results` can be short or empty while there is more: follow `next` until it is null. What is delivered meanwhile neither repeats nor hides anything further on.';
