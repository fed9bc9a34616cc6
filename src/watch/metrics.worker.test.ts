import { env, exports } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { appUser, tokenFor } from '../api/api.test-support.ts';
import { stack } from '../inbox/seed.test-support.ts';
import { closeClients, connect } from '../stack/sockets.test-support.ts';
import { parseExposition, type ParsedMetric } from './parse-exposition.test-support.ts';
import {
  clearWatched,
  deadLetter,
  delivered,
  dueRow,
  failedAttempt,
  openEvent,
  outboxPause,
  webhookRow,
} from './rows.test-support.ts';

const { db } = stack;
let token: string;

function ask(authorization?: string): Promise<Response> {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  return exports.default.fetch('http://localhost/metrics', { headers });
}

async function scrape(): Promise<Map<string, ParsedMetric>> {
  const response = await ask(`Bearer ${token}`);
  expect(response.status).toBe(200);
  return parseExposition(await response.text());
}

/** The values of a metric by their labels; those without labels under "". */
function valuesOf(metrics: Map<string, ParsedMetric>, name: string): Record<string, number> {
  const samples = metrics.get(`waypost_${name}`)?.samples ?? [];
  return Object.fromEntries(
    samples.map((sample) => [
      [sample.name.replace(`waypost_${name}`, ''), ...Object.values(sample.labels)]
        .filter((part) => part !== '')
        .join(' '),
      sample.value,
    ]),
  );
}

beforeAll(async () => {
  token = await tokenFor('admin', 'admin');
});

beforeEach(clearWatched);

afterEach(() => {
  closeClients();
  vi.restoreAllMocks();
});

describe('GET /metrics', () => {
  it('is for admins, with the word of the API or that of Prometheus', async () => {
    const { token: botToken } = await appUser(token, 'watcher');
    const answers = await Promise.all([
      ask(`Token ${token}`),
      ask(`Bearer ${token}`),
      ask(`Token ${botToken}`),
      ask('Bearer nonsense'),
      ask(),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403, 403, 403]);
    const [, , forbidden] = answers;
    expect(await forbidden?.json()).toEqual({
      detail: 'You do not have permission to perform this action.',
    });
  });

  it('is the text format that Prometheus asks for, and not kept by anyone', async () => {
    const { headers } = await ask(`Bearer ${token}`);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('tells what an empty stack has', async () => {
    const metrics = await scrape();
    expect(
      Object.fromEntries(
        [...metrics].map(([name, { samples }]) => [name, samples.map((s) => s.value)]),
      ),
    ).toMatchObject({
      waypost_deliveries_total: [],
      waypost_past_due_seconds: [0],
      waypost_events_open: [0],
      waypost_outbox_depth: [0],
      waypost_outbox_paused: [0],
      waypost_dead_letters: [0],
      waypost_webhooks: [0, 0],
      waypost_breakers_open: [0],
      waypost_deliveries_behind_breakers: [0],
      waypost_sockets: [0],
      waypost_database_bytes: [expect.any(Number)],
    });
  });

  it('counts what was delivered and what failed, and how long it took', async () => {
    await webhookRow(1);
    await webhookRow(2);
    await delivered([1, 40], [2, 700]);
    await delivered([1, 60]);
    await failedAttempt(1, 3, 20_000);
    const metrics = await scrape();
    expect(valuesOf(metrics, 'deliveries_total')).toEqual({ '1': 2, '2': 1 });
    expect(valuesOf(metrics, 'attempts_failed_total')).toEqual({ '1': 1, '2': 0 });
    expect(valuesOf(metrics, 'attempt_duration_seconds')).toMatchObject({
      '_bucket 1 0.05': 1,
      '_bucket 1 0.1': 2,
      '_bucket 1 15': 2,
      '_bucket 1 +Inf': 3,
      '_sum 1': 20.1,
      '_count 1': 3,
      '_bucket 2 0.5': 0,
      '_bucket 2 1': 1,
      '_sum 2': 0.7,
      '_count 2': 1,
    });
    expect(valuesOf(await scrape(), 'deliveries_total')).toEqual({ '1': 2, '2': 1 });
  });

  it('counts what lies waiting, and which webhooks get nothing', async () => {
    const now = Date.now();
    await webhookRow(1, { breaker_opened_at: now });
    await webhookRow(2, { is_enabled: 0 });
    await webhookRow(3);
    for (const seq of [1, 2, 3]) await dueRow(1, seq, now + 60_000);
    await dueRow(2, 1, 1);
    await openEvent(now - 30_000);
    await deadLetter('a');
    await db.run(sql`insert into outbox (n, chat) values (1, '1'), (2, '1')`);
    await outboxPause(now + 60_000);
    const metrics = await scrape();
    expect(valuesOf(metrics, 'deliveries_due')).toEqual({ '1': 3, '3': 0 });
    expect(valuesOf(metrics, 'webhooks')).toEqual({ enabled: 2, disabled: 1 });
    expect(valuesOf(metrics, 'breakers_open')).toEqual({ '': 1 });
    expect(valuesOf(metrics, 'deliveries_behind_breakers')).toEqual({ '': 3 });
    expect(valuesOf(metrics, 'events_open')).toEqual({ '': 1 });
    expect(valuesOf(metrics, 'outbox_depth')).toEqual({ '': 2 });
    expect(valuesOf(metrics, 'outbox_paused')).toEqual({ '': 1 });
    expect(valuesOf(metrics, 'dead_letters')).toEqual({ '': 1 });
    const age = valuesOf(metrics, 'past_due_seconds')[''] ?? 0;
    expect(age).toBeGreaterThanOrEqual(30);
    expect(age).toBeLessThan(40);
  });

  it('counts open websockets, signed in or not', async () => {
    await connect();
    await connect();
    expect(valuesOf(await scrape(), 'sockets')).toEqual({ '': 2 });
    closeClients();
    await expect.poll(async () => valuesOf(await scrape(), 'sockets')).toEqual({ '': 0 });
  });

  it('says the rest where the Stack object does not answer', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.spyOn(env.STACK, 'getByName').mockImplementation(() => {
      throw new Error('overloaded');
    });
    const metrics = await scrape();
    expect(metrics.has('waypost_sockets')).toBe(false);
    expect(metrics.has('waypost_events_open')).toBe(true);
  });
});
