import { describe, expect, it } from 'vitest';
import { WaypostError } from '../error.ts';
import { checkUsername } from './username.ts';

/** Returns what is said about a username that is refused. */
function problemsOf(name: string): string[] | undefined {
  try {
    checkUsername(name);
    return undefined;
  } catch (error) {
    return error instanceof WaypostError ? error.fields?.['username'] : undefined;
  }
}

describe('checkUsername', () => {
  it.each(['peter', 'My Bot', 'a@b.c', 'x+y-z_1', 'José', 'Ольга', '山田', 'a'.repeat(150)])(
    'accepts %j',
    (name) => {
      expect(checkUsername(name)).toBe(name);
    },
  );

  it('stores one spelling of what looks the same', () => {
    expect(checkUsername('  Jose\u0301 ')).toBe('Jos\u00e9');
  });

  it.each([
    ['', 'This field may not be blank.'],
    ['   ', 'This field may not be blank.'],
    ['a'.repeat(151), 'Ensure this field has no more than 150 characters.'],
    ['a/b', 'Enter a valid username.'],
    ['<script>', 'Enter a valid username.'],
    ['a\nb', 'Enter a valid username.'],
    ['a\0b', 'Enter a valid username.'],
    ['😀', 'Enter a valid username.'],
  ])('refuses %j', (name, problem) => {
    expect(problemsOf(name)).toEqual([expect.stringContaining(problem)]);
  });
});
