/** A URL as it is kept, and the header that stands for the credentials it came with. */
export type SplitUrl =
  | { ok: true; kept: string; authorization?: string }
  | { ok: false; reason: string };

/**
 * Takes `user:password@` out of a URL: fetch() would leave it out of the request, and an address is shown
 * and logged where a header is not. A text that is no URL or has none of it is returned as it is.
 */
export function splitCredentials(text: string): SplitUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.username === '' && url.password === '')) {
    return { ok: true, kept: text };
  }
  const [user, password] = [unescaped(url.username), unescaped(url.password)];
  // RFC 7617 ends the user name at the first colon, and has no place for controls.
  if (user.includes(':') || /\p{Cc}/u.test(user + password)) {
    return {
      ok: false,
      reason: 'The user name and password of the URL cannot be sent: use a header instead.',
    };
  }
  url.username = '';
  url.password = '';
  const pair = Buffer.from(`${user}:${password}`).toString('base64');
  return { ok: true, kept: url.href, authorization: `Basic ${pair}` };
}

/** What is escaped by no rule is meant as it stands. */
function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
