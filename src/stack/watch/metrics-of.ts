import { LATENCY_BUCKETS } from '../../inbox/totals/latency-buckets.ts';
import { MAX_COUNTED } from './count-up-to.ts';
import type { Metric, Sample } from './exposition.ts';
import type { Measures, WebhookMeasures } from './measure.ts';
import { pastDueMs } from './overdue.ts';

/** What is known beside the rows; undefined where it could not be asked. */
export interface Surroundings {
  sockets: number | undefined;
  databaseBytes: number | undefined;
}

const MS_PER_SECOND = 1_000;

const BOUND = `counted up to ${MAX_COUNTED}`;

/** Names and describes what was measured at `now` (milliseconds). */
export function metricsOf(
  { stack, webhooks }: Measures,
  { sockets, databaseBytes }: Surroundings,
  now: number,
): Metric[] {
  const enabled = webhooks.filter(({ is_enabled }) => is_enabled === 1);
  return [
    perWebhook(
      'counter',
      'deliveries_total',
      'Attempts that a receiver took.',
      webhooks,
      (w) => w.delivered,
    ),
    perWebhook(
      'counter',
      'attempts_failed_total',
      'Attempts that failed.',
      webhooks,
      (w) => w.failed,
    ),
    {
      name: 'waypost_attempt_duration_seconds',
      type: 'histogram',
      help: 'How long attempts took, failed ones too.',
      samples: webhooks.flatMap(durations),
    },
    perWebhook(
      'gauge',
      'deliveries_due',
      `Deliveries to enabled webhooks that are pending, ${BOUND}.`,
      enabled,
      (w) => w.pending,
    ),
    gauge(
      'past_due_seconds',
      'For how long the oldest of what is due has been waiting.',
      pastDueMs(stack.due_at, now) / MS_PER_SECOND,
    ),
    gauge(
      'events_open',
      `Events that some webhook may still have to be told, ${BOUND}.`,
      stack.events_open,
    ),
    gauge('outbox_depth', `Messages that wait to be sent to WABA, ${BOUND}.`, stack.outbox_depth),
    gauge(
      'dead_letters',
      `Faults of our own that wait for an admin, ${BOUND}.`,
      stack.dead_letters,
    ),
    {
      name: 'waypost_webhooks',
      type: 'gauge',
      help: 'Webhooks by whether they are enabled.',
      samples: [
        { labels: { state: 'enabled' }, value: enabled.length },
        { labels: { state: 'disabled' }, value: webhooks.length - enabled.length },
      ],
    },
    gauge(
      'breakers_open',
      'Enabled webhooks whose breaker is open.',
      enabled.filter(({ is_broken }) => is_broken === 1).length,
    ),
    ...(sockets === undefined ? [] : [gauge('sockets', 'Open websockets.', sockets)]),
    ...(databaseBytes === undefined
      ? []
      : [gauge('database_bytes', 'Size of the database.', databaseBytes)]),
  ];
}

function gauge(name: string, help: string, value: number): Metric {
  return { name: `waypost_${name}`, type: 'gauge', help, samples: [{ value }] };
}

function perWebhook(
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  webhooks: readonly WebhookMeasures[],
  valueOf: (webhook: WebhookMeasures) => number,
): Metric {
  const samples = webhooks.map((webhook) => ({
    labels: labelsOf(webhook),
    value: valueOf(webhook),
  }));
  return { name: `waypost_${name}`, type, help, samples };
}

/** The totals say how many attempts fell into each bucket; Prometheus wants each to hold those before it. */
function durations(webhook: WebhookMeasures): Sample[] {
  const labels = labelsOf(webhook);
  const count = webhook.delivered + webhook.failed;
  let upTo = 0;
  const buckets = LATENCY_BUCKETS.map(([column, toMs]): Sample => {
    upTo += webhook[column];
    return bucket(labels, String(toMs / MS_PER_SECOND), upTo);
  });
  return [
    ...buckets,
    bucket(labels, '+Inf', count),
    { suffix: '_sum', labels, value: webhook.latency_ms / MS_PER_SECOND },
    { suffix: '_count', labels, value: count },
  ];
}

function bucket(labels: Record<string, string>, le: string, value: number): Sample {
  return { suffix: '_bucket', labels: { ...labels, le }, value };
}

function labelsOf({ webhook_id }: WebhookMeasures): { webhook: string } {
  return { webhook: String(webhook_id) };
}
