import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureDeliveries, together } from '../bench/measure-deliveries.ts';
import type { SectionResult } from '../bench/results.ts';
import { openRig, subscribe } from '../bench/rig.ts';
import type { Section } from '../bench/section.ts';
import { startBench } from '../bench/start-bench.ts';

const PER_SECOND = 20;
const COUNT = 40;

/** A section that leaves all figures at what they are for certain. */
const tiny: Section = {
  name: 'tiny',
  title: 'two seconds of deliveries',
  run: async (context) => {
    const rig = await openRig(context, 2);
    await subscribe(rig, 2);
    const load = { perSecond: PER_SECOND, count: COUNT, receivers: 2 };
    const { answers, receipts, lost, failed } = await measureDeliveries(rig, load);
    context.record({ name: 'answered', unit: '' }, answers.filter((ms) => ms > 0).length);
    context.record(
      { name: 'received', unit: '' },
      together(receipts).filter((ms) => ms > 0).length,
    );
    context.record({ name: 'lost', unit: '', limit: { atMost: 0 } }, lost + failed);
    context.record({ name: 'memory', unit: 'MB' }, (await rig.router.memory()) / 1e6);
    throw new Error('This is the end.');
  },
};

const stateDir = join(mkdtempSync(join(tmpdir(), 'waypost-bench-')), 'state');
let result: SectionResult | undefined;
let routerUrl = '';

beforeAll(async () => {
  const notesUrl: Section = {
    ...tiny,
    run: (context) => {
      ({ routerUrl } = context);
      return tiny.run(context);
    },
  };
  const options = { sections: [notesUrl], isQuick: true, seed: 1, seconds: undefined };
  const bench = await startBench(options, { PORT: '0', STATE_DIR: stateDir });
  [result] = await bench.run();
  await bench.close();
});

afterAll(() => rmSync(join(stateDir, '..'), { recursive: true, force: true }));

function medianOf(name: string): number | undefined {
  return result?.figures.find((figure) => figure.name === name)?.median;
}

describe('a section of the bench', () => {
  it('sees the answer to each message, and its receipt by each subscriber', () => {
    expect(medianOf('answered')).toBe(COUNT);
    expect(medianOf('received')).toBe(2 * COUNT);
    expect(medianOf('lost')).toBe(0);
    expect(medianOf('memory')).toBeGreaterThan(10);
  });

  it('keeps its figures where it fails, and says why it did', () => {
    expect(result?.problem).toBe('This is the end.');
    expect(result?.figures).toHaveLength(4);
  });

  it('leaves nothing behind: no router and no folder', async () => {
    await expect(fetch(`${routerUrl}/healthz`)).rejects.toThrow('fetch failed');
    expect(existsSync(stateDir)).toBe(false);
  });
});
