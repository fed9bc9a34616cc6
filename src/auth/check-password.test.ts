import { describe, expect, it } from 'vitest';
import { WaypostError } from '../error.ts';
import { assertHashable, checkPassword } from './check-password.ts';

function problemsOf(password: string): unknown {
  try {
    checkPassword('password', password);
    return undefined;
  } catch (error) {
    return error instanceof WaypostError ? error.fields : error;
  }
}

describe('checkPassword', () => {
  it.each(['12345abc', 'correct horse battery staple', 'ęśąćżźńó', '        ', 'x'.repeat(4_096)])(
    'accepts %s',
    (password) => {
      expect(problemsOf(password)).toBeUndefined();
    },
  );

  it.each(['1234abc', '👍👍👍👍', ''])('refuses %j, which is too short', (password) => {
    const problem = 'This password is too short. It must contain at least 8 characters.';
    expect(problemsOf(password)).toEqual({ password: [problem] });
  });

  it.each(['12345678', '٠١٢٣٤٥٦٧'])('refuses %s, which is only digits', (password) => {
    expect(problemsOf(password)).toEqual({ password: ['This password is entirely numeric.'] });
  });

  it('refuses one that is too long to be hashed', () => {
    const problem = 'Ensure this field has no more than 4096 characters.';
    expect(problemsOf('x'.repeat(4_097))).toEqual({ password: [problem] });
    expect(problemsOf('👍'.repeat(4_097))).toEqual({ password: [problem] });
  });

  it('counts as a reader does, also where one only signs in', () => {
    expect(problemsOf('👍'.repeat(4_096))).toBeUndefined();
    expect(() => assertHashable('password', '👍'.repeat(4_096))).not.toThrow();
    expect(() => assertHashable('password', '👍'.repeat(4_097))).toThrow('no more than 4096');
  });
});
