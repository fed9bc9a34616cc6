import { classifyAddress, isLoopbackAddress } from './forbidden-address.ts';

/** A URL of the very machine that a router runs on, by any port. */
export const THIS_MACHINE_URL = 'http://localhost';

/** Whether a host (as `URL.hostname` gives it) is a name of the machine that asks: only it can reach it by that. */
export function isThisMachine(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '');
  return host === 'localhost' || host.endsWith('.localhost') || isLoopbackAddress(host);
}

/** Whether a host (as `URL.hostname` gives it) is an address, not a name. */
export function isAddress(hostname: string): boolean {
  return classifyAddress(hostname) !== null;
}

/**
 * The host of one of our own URLs, as `UrlPolicy.ownHosts` has it. A name is ours on every port; of
 * a machine only the one port is, so that a receiver beside us (the sandbox, one under
 * development) can be called. Throws a TypeError where the text is no URL.
 */
export function ownHost(text: string): string {
  const { hostname, port, protocol } = new URL(text);
  if (!isThisMachine(hostname) && !isAddress(hostname)) return hostname;
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}
