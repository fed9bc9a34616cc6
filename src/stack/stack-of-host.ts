import { DEFAULT_STACK } from '../config.ts';
import { isAddress } from '../outbound/own-host.ts';

const WEBSOCKETS_PREFIX = 'websockets-';

/**
 * Which stack a host name means: the first label of `{stack}.example.com` or
 * `websockets-{stack}.example.com`; localhost, an IP address, a workers.dev host and the host of
 * PUBLIC_URL are the default stack.
 */
export function stackOfHost(hostname: string, publicUrl: string | undefined): string {
  const host = hostname.toLowerCase();
  const isUrl = publicUrl !== undefined && URL.canParse(publicUrl);
  const own = isUrl ? new URL(publicUrl).hostname : undefined;
  if (host === own || host === `${WEBSOCKETS_PREFIX}${own}`) return DEFAULT_STACK;
  const [label = '', ...rest] = host.split('.');
  if (isAddress(host) || rest.length === 0 || host.endsWith('.workers.dev')) return DEFAULT_STACK;
  const stack = label.startsWith(WEBSOCKETS_PREFIX) ? label.slice(WEBSOCKETS_PREFIX.length) : label;
  return stack === 'localhost' ? DEFAULT_STACK : stack;
}

/** Whether websockets are served at `/` of this host. */
export function isWebsocketsHost(hostname: string): boolean {
  return hostname.toLowerCase().startsWith(WEBSOCKETS_PREFIX);
}
