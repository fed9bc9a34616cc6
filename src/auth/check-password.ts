import { invalidField } from '../error.ts';

const MIN_CHARACTERS = 8;

/** Hashing takes as long as the text is; nobody types more than this. */
const MAX_CHARACTERS = 4_096;
const TOO_LONG = `Ensure this field has no more than ${MAX_CHARACTERS} characters.`;

/**
 * Throws `invalid` about `field` where a password may not be chosen: too short, too long, or only
 * digits (Django's own rules and sentences; a list of common passwords would not fit a Worker).
 */
export function checkPassword(field: string, password: string): void {
  const problem = passwordProblem(password);
  if (problem !== undefined) throw invalidField(field, problem);
}

/**
 * Throws `invalid` about `field` where a password is longer than any that may be chosen: nobody has it, and
 * composing its characters alone could take minutes. Called before it is hashed.
 */
export function assertHashable(field: string, password: string): void {
  if (isTooLong(password)) throw invalidField(field, TOO_LONG);
}

/** Counted as a reader counts: an emoji is one character, not two. */
function isTooLong(password: string): boolean {
  if (password.length <= MAX_CHARACTERS) return false;
  return password.length > 2 * MAX_CHARACTERS || Array.from(password).length > MAX_CHARACTERS;
}

/** Says in a sentence why a password may not be chosen; undefined where it may. */
export function passwordProblem(password: string): string | undefined {
  if (isTooLong(password)) return TOO_LONG;
  if (Array.from(password).length < MIN_CHARACTERS) {
    return `This password is too short. It must contain at least ${MIN_CHARACTERS} characters.`;
  }
  return /^\p{Nd}+$/u.test(password) ? 'This password is entirely numeric.' : undefined;
}
