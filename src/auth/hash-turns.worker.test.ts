import { describe, expect, it } from 'vitest';
import { inTurn } from './hash-turns.ts';

/** Runs so many at once; tells how many were at work at most, and what came of each. */
async function runAtOnce(count: number): Promise<{ atOnce: number; answers: unknown[] }> {
  let atWork = 0;
  let atOnce = 0;
  const work = async (): Promise<string> => {
    atWork += 1;
    atOnce = Math.max(atOnce, atWork);
    await scheduler.wait(30);
    atWork -= 1;
    return 'hashed';
  };
  const answers = await Promise.all(
    Array.from({ length: count }, () =>
      inTurn(work).catch((error: unknown) => Reflect.get(Object(error), 'retryAfterSeconds')),
    ),
  );
  return { atOnce, answers };
}

describe('passwords that are to be hashed', () => {
  it('are hashed one at a time', async () => {
    expect(await runAtOnce(10)).toEqual({ atOnce: 1, answers: Array(10).fill('hashed') });
  });

  it('wait in a short line; the others are told when to come back', async () => {
    const { atOnce, answers } = await runAtOnce(100);
    expect(atOnce).toBe(1);
    expect(answers.filter((answer) => answer === 'hashed')).toHaveLength(10);
    expect(answers.filter((answer) => answer === 2)).toHaveLength(90);
  });

  it('leave the line when they fail', async () => {
    for (let n = 0; n < 12; n += 1) {
      await expect(inTurn(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    }
    expect((await runAtOnce(10)).answers).toEqual(Array(10).fill('hashed'));
  });
});
