import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DEAD_LETTER_QUEUE } from './consume-dead.ts';

it('the dead-letter queue has one name: every lane ends in it, and it ends in none', () => {
  const config = readFileSync('wrangler.toml', 'utf8');
  const consumers = config
    .split('[[queues.consumers]]')
    .slice(1)
    .map((block) => ({
      queue: /^queue = "(.+)"$/m.exec(block)?.[1],
      deadLetterQueue: /^dead_letter_queue = "(.+)"$/m.exec(block)?.[1],
    }));
  const own = consumers.filter(({ queue }) => queue === DEAD_LETTER_QUEUE);
  expect(own).toEqual([{ queue: DEAD_LETTER_QUEUE, deadLetterQueue: undefined }]);
  const lanes = consumers.filter(({ queue }) => queue !== DEAD_LETTER_QUEUE);
  expect(lanes.length).toBeGreaterThan(0);
  for (const lane of lanes) expect(lane.deadLetterQueue).toBe(DEAD_LETTER_QUEUE);
});
