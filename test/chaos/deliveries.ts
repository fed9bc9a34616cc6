import type { Receiver } from '../support/receiver.ts';

/** What a receiver got, counted. */
export interface Deliveries {
  /** All requests. */
  count: number;
  /** Those whose `webhook-id` had come before. */
  duplicates: number;
  /** The `webhook-id`s under which each customer's message came. */
  idsOf: Map<string, Set<string>>;
}

interface Body {
  messages?: { id: string }[];
  entry?: { changes: { value: { messages?: { id: string }[] } }[] }[];
}

/** Counts what a receiver got, in either shape. */
export function countDeliveries({ received }: Pick<Receiver, 'received'>): Deliveries {
  const seen = new Set<string>();
  const idsOf = new Map<string, Set<string>>();
  for (const { headers, body } of received) {
    const webhookId = String(headers['webhook-id']);
    seen.add(webhookId);
    for (const id of messageIds(body)) {
      idsOf.set(id, (idsOf.get(id) ?? new Set()).add(webhookId));
    }
  }
  return { count: received.length, duplicates: received.length - seen.size, idsOf };
}

function messageIds(text: string): string[] {
  const body: Body = JSON.parse(text);
  const values = body.entry?.flatMap(({ changes }) => changes.map(({ value }) => value)) ?? [body];
  return values.flatMap(({ messages = [] }) => messages.map(({ id }) => id));
}
