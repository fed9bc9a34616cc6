import { describe, expect, it } from 'vitest';
import { readBody } from './envelope.ts';

/** More than a function may be called with. */
const MANY = 300_000;

describe("a body of WABA's is read however many", () => {
  it.each([
    ['contacts', { contacts: Array.from({ length: MANY }, () => ({ wa_id: '15550001111' })) }],
    ['errors', { errors: Array.from({ length: MANY }, () => ({})) }],
  ] as const)('%s there are in it', (name, value) => {
    const { [name]: read } = readBody({ entry: [{ changes: [{ field: 'messages', value }] }] });
    expect(read).toHaveLength(MANY);
  });
});
