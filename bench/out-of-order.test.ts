import { expect, it } from 'vitest';
import { outOfOrder } from './out-of-order.ts';

function sent(...messages: string[]) {
  return messages.map((message) => ({
    to: message.slice(0, 1),
    text: `bench-l1-${message.slice(1)}`,
  }));
}

it('counts what came after a younger message of the same recipient only', () => {
  expect(outOfOrder(sent('a0', 'b1', 'a2', 'b3'))).toBe(0);
  expect(outOfOrder(sent('b1', 'a0', 'b3', 'a2'))).toBe(0);
  expect(outOfOrder(sent('a4', 'a0', 'a2', 'b1'))).toBe(2);
  expect(outOfOrder(sent('a9', 'a10'))).toBe(0);
});
