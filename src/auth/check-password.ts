import { invalidField } from '../error.ts';

const MIN_CHARACTERS = 8;

/** Hashing takes as long as the text is; nobody types more than this. */
const MAX_CHARACTERS = 4_096;

/**
 * Throws `invalid` about `field` where a password may not be chosen: too short, too long, or only
 * digits (Django's own rules and sentences; a list of common passwords would not fit a Worker).
 */
export function checkPassword(field: string, password: string): void {
  const problem = passwordProblem(password);
  if (problem !== undefined) throw invalidField(field, problem);
}

/** Says in a sentence why a password may not be chosen; undefined where it may. */
export function passwordProblem(password: string): string | undefined {
  // Counted as a reader counts: an emoji is one character, not two.
  const length = Array.from(password).length;
  if (length < MIN_CHARACTERS) {
    return `This password is too short. It must contain at least ${MIN_CHARACTERS} characters.`;
  }
  if (length > MAX_CHARACTERS) {
    return `Ensure this field has no more than ${MAX_CHARACTERS} characters.`;
  }
  return /^\p{Nd}+$/u.test(password) ? 'This password is entirely numeric.' : undefined;
}
