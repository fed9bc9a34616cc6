import { exports } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { tokenFor } from '../api/api.test-support.ts';
import {
  answers,
  event,
  eventBell,
  OK,
  ring,
  STATUS,
  subscribe,
  useLanes,
  webhookBell,
} from '../delivery/lanes.test-support.ts';
import { stack } from '../inbox/seed.test-support.ts';
import { parseExposition } from './parse-exposition.test-support.ts';
import { clearWatched } from './rows.test-support.ts';

const HOUR_MS = 60 * 60 * 1_000;

/** The values of metrics of one webhook, by name; of its histogram only sum and count. */
async function scrape(webhook: number): Promise<Record<string, number>> {
  const token = await tokenFor('admin', 'admin');
  const response = await exports.default.fetch('http://localhost/metrics', {
    headers: { authorization: `Token ${token}` },
  });
  const samples = [...parseExposition(await response.text()).values()].flatMap((m) => m.samples);
  const own = samples.filter(({ labels }) => labels['webhook'] === String(webhook));
  return Object.fromEntries(
    own.filter(({ labels }) => !('le' in labels)).map(({ name, value }) => [name, value]),
  );
}

describe('what the lanes have done', () => {
  useLanes();
  beforeEach(clearWatched);

  it('is in the metrics: each success and each failure once, in whichever lane', async () => {
    answers['well.test'] = OK;
    answers['sick.test'] = STATUS(500);
    const well = await subscribe('well.test');
    const sick = await subscribe('sick.test');
    for (let round = 0; round < 3; round += 1) await ring(eventBell(await event()));
    // The Stack object is awake in this test: what is due at once it would have worked, too.
    await stack.db.run(
      sql`update deliveries set next_at = ${Date.now() + HOUR_MS} where state = 'due'`,
    );
    expect(await scrape(well)).toMatchObject({
      waypost_deliveries_total: 3,
      waypost_attempts_failed_total: 0,
      waypost_attempt_duration_seconds_count: 3,
      waypost_deliveries_due: 0,
    });
    expect(await scrape(sick)).toMatchObject({
      waypost_deliveries_total: 0,
      waypost_attempts_failed_total: 1,
      waypost_deliveries_due: 3,
    });
    answers['sick.test'] = OK;
    await stack.db.batch([
      sql`update webhooks set probe_at = null`,
      sql`update deliveries set next_at = 1 where state = 'due'`,
    ]);
    await ring(webhookBell(sick));
    expect(await scrape(sick)).toMatchObject({
      waypost_deliveries_total: 3,
      waypost_attempts_failed_total: 1,
      waypost_attempt_duration_seconds_count: 4,
      waypost_deliveries_due: 0,
    });
  });
});
