import { invalidField } from '../error.ts';

/** Django's own limit, which the service documents for names. */
const MAX_CHARACTERS = 150;

/**
 * The service's document says letters and digits only, but its example of an app is "My Bot"; what
 * Django allows (@ . + - _) and a space are accepted too.
 */
const ALLOWED = /^[\p{L}\p{M}\p{N}@.+\-_ ]+$/u;

/**
 * What is composed of at most. Composing takes a time that grows with the square of the marks on a letter;
 * what is left of so many characters is longer than a username.
 */
const MAX_COMPOSED = 1_000;

/** The one spelling of a username that is stored and looked up: composed (NFKC), without outer spaces. */
export function normalizeUsername(username: string): string {
  return username.trim().slice(0, MAX_COMPOSED).normalize('NFKC').trim();
}

/** Returns a username as it is stored. Throws `invalid` about `username` where it may not be used. */
export function checkUsername(raw: string): string {
  const username = normalizeUsername(raw);
  if (username === '') throw invalidField('username', 'This field may not be blank.');
  if (username.length > MAX_CHARACTERS) {
    const problem = `Ensure this field has no more than ${MAX_CHARACTERS} characters.`;
    throw invalidField('username', problem);
  }
  if (ALLOWED.test(username)) return username;
  throw invalidField(
    'username',
    'Enter a valid username. This value may contain only letters, numbers, spaces, and @/./+/-/_ characters.',
  );
}
