import type { User } from '../../auth/user.ts';
import type { Mail } from './mailer.ts';

/** What a new user is written: where the account is activated, and that this works once. */
export function activationMail(user: User, activationUrl: string): Mail {
  const name = [user.firstName, user.lastName].filter((part) => part !== '').join(' ');
  const { host } = new URL(activationUrl);
  return {
    to: user.email,
    subject: `Your account at ${host}`,
    text: `Hello ${oneLine(name || user.username)},

an account was made for you at ${host}. Your username is ${oneLine(user.username)}.

This link activates it, once:

${activationUrl}

If you do not know what this is about, ignore this message: without the link nobody can sign in.
`,
  };
}

/** A name that somebody else chose must not look like a part of the letter. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
