import { describe, expect, it } from 'vitest';
import { readPhrase } from './phrase.ts';

describe('a phrase', () => {
  it.each([undefined, '', '   ', '\0'])('is none in %j', (typed) => {
    expect(readPhrase(typed)).toBeUndefined();
  });

  it.each([
    ['abc', '"abc"'],
    ['a "b" OR c*', '"a ""b"" OR c*"'],
    ['👋🏽 ', undefined],
    ['世界', undefined],
    ['a\0bc', '"abc"'],
  ])('%j asks the index for %j', (typed, match) => {
    expect(readPhrase(typed)?.match).toBe(match);
  });

  it('is cut at a hundred characters, and never within one', () => {
    expect(readPhrase('👋'.repeat(200))?.match).toBe(`"${'👋'.repeat(100)}"`);
  });

  it('is spelled in the cases that people write', () => {
    expect(readPhrase('éCole')?.spellings).toEqual(['école', 'École']);
  });
});
