const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Throws unless a URL's host is an address of this machine: a load that went elsewhere would be an attack. */
export function assertLoopback(url: string): void {
  if (LOOPBACK.test(new URL(url).hostname)) return;
  throw new Error(`The bench sends to loopback addresses only, not to ${new URL(url).host}.`);
}
