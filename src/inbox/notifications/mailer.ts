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
