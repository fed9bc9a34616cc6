import { describe, expect, it } from 'vitest';
import { faultText } from './fault-text.ts';

function parseError(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

describe('what a dead letter says of an error', () => {
  it('is its name and its words', () => {
    expect(faultText(new TypeError('x is not a function'))).toBe('TypeError: x is not a function');
    expect(faultText('the row cannot be read')).toBe('the row cannot be read');
    expect(faultText(undefined)).toBe('undefined');
  });

  it.each([
    '{"text": secret words}',
    'secret words',
    '{"a": "say "secret words""}',
    `{"text": "${'secret words '.repeat(100)}" secret}`,
    '"secret words\nof two lines',
  ])('holds nothing of the JSON that could not be read: %s', (text) => {
    const error = parseError(text);
    expect(error).toBeInstanceOf(SyntaxError);
    expect(faultText(error)).toContain('SyntaxError');
    expect(faultText(error)).not.toContain('secret');
  });

  it('holds nothing of a quotation that does not end', () => {
    expect(faultText(new Error('bad "secret words'))).toBe('Error: bad "…');
  });

  it('holds no address', () => {
    const error = new TypeError('Invalid URL: https://user:secret@host.test/hook?token=secret now');
    expect(faultText(error)).toBe('TypeError: Invalid URL: (an address) now');
  });

  it('is cut at 500 characters', () => {
    expect(faultText(new Error('x'.repeat(9_000)))).toHaveLength(500);
  });
});
