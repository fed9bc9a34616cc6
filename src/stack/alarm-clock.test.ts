import { describe, expect, it } from 'vitest';
import { AlarmClock } from './alarm-clock.ts';

const NOW = 1_000_000;

function clock(alarm: number | null = null): { clock: AlarmClock; set: number[] } {
  const set: number[] = [];
  const storage = {
    getAlarm: () => Promise.resolve(alarm),
    setAlarm: (at: number | Date) => {
      set.push(Number(at));
      return Promise.resolve();
    },
  };
  return { clock: new AlarmClock(storage), set };
}

describe('the alarm', () => {
  it('is set at the earliest time asked for, and only when that changes', async () => {
    const { clock: alarm, set } = clock();
    await alarm.ringBy(NOW + 30_000, NOW);
    await alarm.ringBy(NOW + 40_000, NOW);
    await alarm.ringBy(NOW + 5_000, NOW);
    expect(set).toEqual([NOW + 30_000, NOW + 5_000]);
  });

  it('that was set before the object was evicted is left alone', async () => {
    const { clock: alarm, set } = clock(NOW + 1_000);
    await alarm.ringBy(NOW + 60_000, NOW);
    expect(set).toEqual([]);
  });

  it('is never more than 60 s off', async () => {
    const { clock: alarm, set } = clock();
    await alarm.ringBy(NOW + 999_000, NOW);
    await alarm.beginSweep(NOW);
    await alarm.endSweep(Infinity, NOW);
    expect(set).toEqual([NOW + 60_000, NOW + 5_000, NOW + 60_000]);
  });

  it('is set again before a sweep, which may fail', async () => {
    const { clock: alarm, set } = clock();
    await alarm.beginSweep(NOW);
    expect(set).toEqual([NOW + 5_000]);
  });

  it('does not forget what was asked for during a sweep', async () => {
    const { clock: alarm, set } = clock();
    await alarm.beginSweep(NOW);
    await alarm.ringBy(NOW + 2_000, NOW);
    await alarm.endSweep(NOW + 50_000, NOW);
    expect(set.at(-1)).toBe(NOW + 2_000);
  });
});
