import { afterEach, describe, expect, it } from 'vitest';
import {
  event,
  eventBell,
  OK,
  answers,
  received,
  refreshing,
  ring,
  subscribe,
  useLanes,
} from './lanes.test-support.ts';

useLanes();

const BELL = { kind: 'refresh', stack: 'default' };

afterEach(() => {
  refreshing.mockReset();
});

describe('a bell for what is due at WABA', () => {
  it('has it fetched and is acknowledged', async () => {
    expect(await ring(BELL)).toEqual({ acked: ['0'], retried: [] });
    expect(refreshing.mock.calls).toEqual([['default']]);
  });

  it('is acknowledged after a second where WABA is slow; the fetching goes on', async () => {
    answers['a.example'] = OK;
    await subscribe('a.example');
    const seq = await event();
    const ends: string[] = [];
    refreshing.mockImplementation(async () => {
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      ends.push(`fetched after ${received().length} delivery`);
    });
    expect(await ring(BELL, eventBell(seq))).toEqual({ acked: ['0', '1'], retried: [] });
    // What goes on after a batch has ended by the time the invocation has.
    expect(ends).toEqual(['fetched after 1 delivery']);
  });
});
