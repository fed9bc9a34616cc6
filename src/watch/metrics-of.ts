import { LATENCY_BUCKETS } from '../webhooks/totals/add-up-totals.ts';
import type { Metric, Sample } from './exposition.ts';
import type { Measures, WebhookMeasures } from './measure.ts';
import { MAX_COUNTED, pastDueMs } from './overdue.ts';

/** What is known beside the rows. */
export interface Gauges {
  /** Undefined where it could not be asked. */
  sockets: number | undefined;
  databaseBytes: number;
}

const MS_PER_SECOND = 1_000;

const BOUND = `counted up to ${MAX_COUNTED}`;

/** Names and describes what was measured at `now` (milliseconds). */
export function metricsOf(measures: Measures, around: Gauges, now: number): Metric[] {
  return [...webhookMetrics(measures.webhooks), ...stackMetrics(measures, around, now)];
}

function webhookMetrics(webhooks: readonly WebhookMeasures[]): Metric[] {
  const enabled = webhooks.filter(isEnabled);
  const values = (of: typeof webhooks, column: 'delivered' | 'failed' | 'pending'): Sample[] =>
    of.map((webhook) => ({ labels: labelsOf(webhook), value: webhook[column] }));
  return [
    {
      name: 'waypost_deliveries_total',
      type: 'counter',
      help: 'Deliveries that the receiver took.',
      samples: values(webhooks, 'delivered'),
    },
    {
      name: 'waypost_attempts_failed_total',
      type: 'counter',
      help: 'Attempts that failed.',
      samples: values(webhooks, 'failed'),
    },
    {
      name: 'waypost_attempt_duration_seconds',
      type: 'histogram',
      help: 'How long attempts took, failed ones too.',
      samples: webhooks.flatMap(durations),
    },
    {
      name: 'waypost_deliveries_due',
      type: 'gauge',
      help: `Pending deliveries of an enabled webhook, ${BOUND}.`,
      samples: values(enabled, 'pending'),
    },
    {
      name: 'waypost_webhooks',
      type: 'gauge',
      help: 'Webhooks by whether they are enabled.',
      samples: [
        { labels: { state: 'enabled' }, value: enabled.length },
        { labels: { state: 'disabled' }, value: webhooks.length - enabled.length },
      ],
    },
  ];
}

function stackMetrics(
  { stack, webhooks }: Measures,
  { sockets, databaseBytes }: Gauges,
  now: number,
): Metric[] {
  const overdue = pastDueMs(stack.due_at, now) / MS_PER_SECOND;
  const broken = webhooks.filter((webhook) => isEnabled(webhook) && webhook.is_broken === 1);
  return [
    gauge('waypost_past_due_seconds', overdue, 'How long ago the oldest of what waits was due.'),
    gauge('waypost_events_open', stack.events_open, `Events not yet told to all, ${BOUND}.`),
    gauge('waypost_outbox_depth', stack.outbox_depth, `Messages to be sent to WABA, ${BOUND}.`),
    gauge(
      'waypost_outbox_paused',
      stack.outbox_paused,
      "1 while WhatsApp takes no message of the account's.",
    ),
    gauge('waypost_dead_letters', stack.dead_letters, `What waits for an admin, ${BOUND}.`),
    gauge('waypost_breakers_open', broken.length, 'Enabled webhooks whose breaker is open.'),
    gauge(
      'waypost_deliveries_behind_breakers',
      stack.behind_breakers,
      `Deliveries that wait behind open breakers, ${BOUND}.`,
    ),
    gauge('waypost_sockets', sockets, 'Open websockets.'),
    gauge('waypost_database_bytes', databaseBytes, 'Size of the database.'),
  ].flatMap((metric) => metric ?? []);
}

function isEnabled({ is_enabled }: WebhookMeasures): boolean {
  return is_enabled === 1;
}

/** None where the value is not known. */
function gauge(name: string, value: number | undefined, help: string): Metric | undefined {
  return value === undefined ? undefined : { name, type: 'gauge', help, samples: [{ value }] };
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
