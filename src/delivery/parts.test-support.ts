import { dialects } from './lanes.test-support.ts';
import type { WebhookDialect } from '../webhooks/dialect.ts';

/** A dialect that tells of each event in as many requests as it is to. */
export function speakInParts(count: number): WebhookDialect {
  const dialect: WebhookDialect = {
    events: ['message_received'],
    deadlineMs: 5_000,
    headers: (key) => ({ 'x-api-key': key ?? '' }),
    render: ({ id }, { ref, ownNumber }, { name }) =>
      Array.from({ length: count }, (_, part) => ({
        body: JSON.stringify({ event: id, part, to: ref, number: ownNumber, stack: name }),
      })),
    sample: ({ ref }) => ({ body: JSON.stringify({ sample: ref }) }),
  };
  dialects.chattu = dialect;
  return dialect;
}

/** The columns of a webhook that takes events in such a dialect. */
export const OF_DIALECT = {
  dialect: 'chattu',
  dialect_events: '["message_received"]',
  dialect_ref: 'shop',
};
