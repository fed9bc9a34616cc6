import { describe, expect, it } from 'vitest';
import { readBody } from './envelope.ts';

/** More than a function may be called with. */
const MANY = 300_000;

describe("a body of WABA's is read however many", () => {
  it.each([
    ['contacts', { contacts: Array(MANY).fill({ wa_id: '15550001111' }) }],
    ['errors', { errors: Array(MANY).fill({}) }],
  ] as const)('%s there are in it', (name, value) => {
    const { [name]: read } = readBody({ entry: [{ changes: [{ field: 'messages', value }] }] });
    expect(read).toHaveLength(MANY);
  });
});
