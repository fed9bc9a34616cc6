import { describe, expect, it } from 'vitest';
import { shownError } from './shown-error.ts';

describe('an error that is shown', () => {
  it.each([
    ['of the Cloud API', { code: 1, error_data: { details: 'why' }, message: 'm' }, 'why'],
    ['of On-Prem', { code: 1, details: 'why', title: 't' }, 'why'],
    ['that has only a message', { code: 1, message: 'm', title: 't' }, 'm'],
    ['that has only a title', { code: 1, title: 't' }, 't'],
  ])('has details where it is one %s, and all else as it was', (_name, error, details) => {
    expect(shownError(error)).toMatchObject({ ...error, details });
  });

  it('has its details also where newer clients look, if it had any', () => {
    expect(shownError({ code: 1, details: 'why' })).toHaveProperty('error_data', {
      details: 'why',
    });
    expect(shownError({ code: 1, message: 'm' })).not.toHaveProperty('error_data');
  });

  it('has a number for a code that came as text', () => {
    expect(shownError({ code: '131047', title: 't' })).toMatchObject({ code: 131047 });
  });

  it('is one whatever was said', () => {
    const nothing = { code: 0, title: 'Unknown error', message: 'Unknown error' };
    expect(shownError({})).toMatchObject(nothing);
    expect(shownError(null)).toMatchObject(nothing);
  });
});
