import { describe, expect, it } from 'vitest';
import {
  event,
  eventBell,
  OK,
  answers,
  requests,
  ring,
  subscribe,
  useLanes,
  WABA_HOST,
} from '../delivery/lanes.test-support.ts';

useLanes();

const BELL = { kind: 'refresh', stack: 'default' };

const NOT_FOUND = async () => new Response(null, { status: 404 });

describe('a bell for what is due at WABA', () => {
  it('has it fetched and is acknowledged', async () => {
    answers[WABA_HOST] = NOT_FOUND;
    expect(await ring(BELL)).toEqual({ acked: ['0'], retried: [] });
    expect(requests.map(({ host }) => host)).toContain(WABA_HOST);
  });

  it('is acknowledged after a second where WABA is slow; the fetching goes on', async () => {
    answers['a.example'] = OK;
    await subscribe('a.example');
    const seq = await event();
    const ends: string[] = [];
    answers[WABA_HOST] = async () => {
      answers[WABA_HOST] = NOT_FOUND;
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      const delivered = requests.filter(({ host }) => host === 'a.example').length;
      ends.push(`fetched after ${delivered} delivery`);
      return NOT_FOUND();
    };
    expect(await ring(BELL, eventBell(seq))).toEqual({ acked: ['0', '1'], retried: [] });
    // What goes on after a batch has ended by the time the invocation has.
    expect(ends).toEqual(['fetched after 1 delivery']);
  });
});
