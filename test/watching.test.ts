import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from './support/api-client.ts';
import { startReceiver, type Receiver } from './support/receiver.ts';
import { startRouter, type Router } from './support/router.ts';

const ROOT = join(import.meta.dirname, '..');
const RULES = readFileSync(join(ROOT, 'docs/watching/prometheus-rules.yml'), 'utf8');
const RUNBOOK = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');

interface Dashboard {
  panels: { id: number; title: string; targets: { expr: string }[] }[];
  templating: { list: { query: string }[] };
}

const dashboard: Dashboard = JSON.parse(
  readFileSync(join(ROOT, 'docs/watching/grafana-dashboard.json'), 'utf8'),
);

/** The expressions of the rules: what follows `expr:`, on its line or in the block below it. */
function ruleExpressions(): string[] {
  const found = RULES.matchAll(/^ +expr: (?:\|\n((?: {10,}.*\n)+)|(.+)\n)/gm);
  return [...found].map(([, block, line]) => (block ?? line ?? '').trim());
}

function panelExpressions(): string[] {
  return dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
}

function seriesOf(expression: string): string[] {
  return expression.match(/\bwaypost_\w+/g) ?? [];
}

let router: Router;
let receiver: Receiver;
let exposed: Set<string>;

beforeAll(async () => {
  router = await startRouter();
  receiver = await startReceiver();
  const api = await ApiClient.signIn(router.url);
  await api.post('webhooks/waba/', { url: receiver.url, on_incoming_message: true });
  const response = await fetch(`${router.url}/metrics`, {
    headers: { Authorization: `Token ${api.token}` },
  });
  const lines = (await response.text()).split('\n').filter((line) => /^\w/.test(line));
  exposed = new Set(lines.map((line) => /^\w+/.exec(line)?.[0] ?? ''));
});

afterAll(async () => {
  await Promise.all([router?.close(), receiver?.close()]);
});

describe('what is watched', () => {
  it('is measured: every series of the rules and of the dashboard is at /metrics', () => {
    const expressions = [...ruleExpressions(), ...panelExpressions()];
    const queries = dashboard.templating.list.map(({ query }) => query);
    const used = new Set([...expressions, ...queries].flatMap(seriesOf));
    expect(used.size).toBeGreaterThan(10);
    expect([...used].filter((name) => !exposed.has(name))).toEqual([]);
  });

  it('is all that is measured: every series is on the dashboard', () => {
    const shown = new Set(panelExpressions().flatMap(seriesOf));
    expect([...exposed].filter((name) => !shown.has(name))).toEqual([]);
  });

  it('is written so that every bracket closes', () => {
    for (const expression of [...ruleExpressions(), ...panelExpressions()]) {
      let rest = expression.replaceAll(/[^()[\]{}]/g, '');
      for (let before = ''; before !== rest; rest = rest.replaceAll(/\(\)|\[\]|\{\}/g, ''))
        before = rest;
      expect(rest).toBe('');
    }
  });

  it('has a rule with a name, an expression, a severity and a page of the runbook each', () => {
    const rules = RULES.split(/^ +- alert: /m).slice(1);
    expect(rules).toHaveLength(ruleExpressions().length);
    const headings = [...RUNBOOK.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(' ', '-')
        .replaceAll(/[^\w-]/g, ''),
    );
    for (const rule of rules) {
      expect(rule).toMatch(/^Waypost\w+\n/);
      expect(rule).toMatch(/severity: (?:page|ticket)/);
      expect(headings).toContain(/runbook: docs\/runbook\.md#(\S+)/.exec(rule)?.[1]);
    }
  });
});

describe('the runbook', () => {
  it('has how it shows, what is safe, what to type and when it is over, and what has played it', () => {
    const pages = RUNBOOK.split(/^## /m).slice(1);
    expect(pages.length).toBeGreaterThanOrEqual(11);
    for (const page of pages) {
      expect(page).toMatch(/\*\*Over\*\*/);
      const [, plays = ''] = /^Played by ([^]*?)\.$/m.exec(page) ?? [];
      const files = [...plays.matchAll(/`([^`]+\.ts)`/g)].map(([, file = '']) => file);
      expect(files).not.toEqual([]);
      expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    }
  });
});
