import { describe, expect, it } from 'vitest';
import { shownErrors } from './shown-errors.ts';

describe('an error that is shown', () => {
  it.each([
    ['of the Cloud API', { code: 1, error_data: { details: 'why' }, message: 'm' }, 'why'],
    ['of On-Prem', { code: 1, details: 'why', title: 't' }, 'why'],
    ['that has only a message', { code: 1, message: 'm', title: 't' }, 'm'],
    ['that has only a title', { code: 1, title: 't' }, 't'],
  ])('has details where it is one %s, and all else as it was', (_name, error, details) => {
    expect(shownErrors([error])).toEqual([{ ...error, details }]);
  });

  it('is left as it is where it says nothing, and left out where it is no object', () => {
    expect(shownErrors([{ code: 1 }, null, 'x', 3])).toEqual([{ code: 1 }]);
  });
});
