import { afterEach, expect, it, vi } from 'vitest';
import type { Bells } from '../../inbox/bells.ts';
import { ringAgain } from './ring-again.ts';

const rung: unknown[] = [];
const note =
  (bell: keyof Bells) =>
  async (ids?: unknown): Promise<void> =>
    void rung.push([bell, ids]);

const bells: Bells = {
  events: note('events'),
  outbox: note('outbox'),
  media: note('media'),
  webhooks: note('webhooks'),
  replays: note('replays'),
  pushes: note('pushes'),
  refreshes: note('refreshes'),
  closeSockets: note('closeSockets'),
};

afterEach(() => {
  rung.splice(0);
  vi.restoreAllMocks();
});

it('rings each bell once, for all that it is for, and no other', async () => {
  await ringAgain(
    bells,
    [
      { kind: 'event', seq: 1 },
      { kind: 'webhook', webhook: 2 },
      { kind: 'event', seq: 3 },
      { kind: 'media', media: 'x' },
      { kind: 'replay', replay: 4 },
      { kind: 'push', event: 5 },
      { kind: 'refresh' },
    ],
    'default',
  );
  expect(rung).toEqual([
    ['events', [1, 3]],
    ['webhooks', [2]],
    ['media', ['x']],
    ['pushes', [5]],
    ['replays', [4]],
    ['refreshes', undefined],
  ]);
  rung.splice(0);
  await ringAgain(bells, [], 'default');
  expect(rung).toEqual([]);
});

it('does not fail where a bell does: the Stack object looks by itself', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const broken = { ...bells, events: () => Promise.reject(new Error('The queue is away')) };
  await ringAgain(broken, [{ kind: 'event', seq: 1 }], 'default');
  expect(logged).toHaveBeenCalledTimes(1);
});
