import type { User } from '../../auth/user.ts';

/** An e-mail in plain text. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** What sends e-mail: Cloudflare's binding, or a test. Throws where it is not taken. */
export interface Mailer {
  send(mail: Mail): Promise<unknown>;
}

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

/**
 * The mailer of a stack: the binding `EMAIL` with EMAIL_FROM as the sender; undefined where one of them
 * is not set.
 */
export function mailerOf(
  binding: SendEmail | undefined,
  from: string | undefined,
): Mailer | undefined {
  if (binding === undefined || from === undefined) return undefined;
  return { send: (mail) => binding.send({ from, ...mail }) };
}
