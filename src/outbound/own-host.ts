/**
 * The host of one of our own URLs, as `UrlPolicy.ownHosts` has it. A name is ours on every port; of
 * this machine only the one port is, so that a receiver beside us (the sandbox, one under
 * development) can be called. Throws a TypeError where the text is no URL.
 */
export function ownHost(text: string): string {
  const { hostname, port, protocol } = new URL(text);
  const isMachine = /(^|\.)localhost$|^[\d.]+$|^\[/.test(hostname);
  if (!isMachine) return hostname;
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}
