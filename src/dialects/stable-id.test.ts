import { describe, expect, it } from 'vitest';
import { stableId } from './stable-id.ts';

describe('a stable id', () => {
  it('is a UUID of version 5, and the same at every time', () => {
    const id = stableId('default', 'contact', '48123123123');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    // Of uuid.uuid5(namespace, 'default:contact:48123123123') in Python: clients keep it for ever.
    expect(id).toBe('e2753a9e-1c04-5fe3-b37c-fa0415c08d0d');
    expect(stableId('default', 'organization')).toBe('32d3dacd-6679-5584-aaa2-919a2ea4720f');
  });

  it('is another one for another stack, kind or key', () => {
    const ids = [
      stableId('default', 'contact', '1'),
      stableId('acme', 'contact', '1'),
      stableId('default', 'room', '1'),
      stableId('default', 'contact', '2'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
