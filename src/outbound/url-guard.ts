import type { StackConfig } from '../config.ts';
import { classifyAddress } from './forbidden-address.ts';
import { classifyName } from './forbidden-name.ts';
import { isThisMachine, ownHost } from './own-host.ts';

export interface UrlPolicy {
  /** Loopback, private, shared (CGNAT) and unique local addresses and private names may be called. */
  readonly allowPrivate: boolean;
  /** Hosts we answer on, as `URL.host` gives them; one without a port stands for all its ports. */
  readonly ownHosts: readonly string[];
}

/**
 * Where a stack may be made to call: not itself, by its configured URL or by `requestUrl`, under which it
 * was just asked.
 */
export function urlPolicyOf(
  { allowPrivateTargets, publicUrl }: Pick<StackConfig, 'allowPrivateTargets' | 'publicUrl'>,
  requestUrl?: string,
): UrlPolicy {
  const ownUrls = [requestUrl, publicUrl].filter((url) => url !== undefined);
  return { allowPrivate: allowPrivateTargets, ownHosts: ownUrls.map(ownHost) };
}

export type GuardedUrl = { ok: true; url: URL } | { ok: false; reason: string };

/** What browsers and proxies agree to carry; far below the 16 KB that Workers take. */
const MAX_URL_LENGTH = 2048;

/** The "bad ports" of the Fetch standard: protocols that a POST could be made to speak. */
const FETCH_BAD_PORTS = [
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
  103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
  512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
  995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
  6669, 6679, 6697, 10080,
];

/** Databases, caches, brokers and cluster agents: never a receiver, dangerous to POST to. */
const SERVICE_PORTS = [
  445, 1433, 1521, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5672, 5984, 6379, 9200, 9300, 10250,
  10255, 11211, 27017, 27018, 27019,
];

const FORBIDDEN_PORTS = new Set([...FETCH_BAD_PORTS, ...SERVICE_PORTS]);

/**
 * Says whether we may be made to call a URL, by its spelling alone. To be asked when a URL is
 * saved and again before each attempt, since policy and own hosts may have changed. A public name
 * that resolves to a private address is not seen here: Cloudflare's network has no route to one.
 *
 * @param text the URL as the user wrote it
 * @returns the parsed URL, which is the one to call; or one sentence for the user on what to change
 */
export function guardUrl(text: string, policy: UrlPolicy): GuardedUrl {
  if (!URL.canParse(text)) {
    return refuse('The URL is not valid: give an absolute one such as https://example.com/hook.');
  }
  const url = new URL(text);
  if (text.length > MAX_URL_LENGTH || url.href.length > MAX_URL_LENGTH) {
    return refuse(`The URL is longer than ${MAX_URL_LENGTH} characters.`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return refuse('The URL must start with https:// or http://.');
  }
  if (url.username !== '' || url.password !== '') {
    return refuse('The URL must not contain a user name or password: use a header instead.');
  }
  const host = hostOf(url);
  if (host.split('.').includes('')) {
    return refuse('The host name is not valid: it has an empty part.');
  }
  if (policy.ownHosts.some((own) => isOwnHost(url, own))) {
    return refuse('The URL points back at this service: give the URL of another one.');
  }
  if (FORBIDDEN_PORTS.has(portOf(url))) {
    return refuse(`Port ${portOf(url)} belongs to another kind of service: use another port.`);
  }
  const hostClass = classifyAddress(host) ?? classifyName(host);
  if (hostClass === 'forbidden') {
    return refuse('The host is reserved or internal to a network: give a public host.');
  }
  if (hostClass === 'private' && !policy.allowPrivate) {
    return refuse('The host is private: give a host that can be reached from the internet.');
  }
  return { ok: true, url };
}

function refuse(reason: string): GuardedUrl {
  return { ok: false, reason };
}

/** The parser has lower-cased the name and resolved each spelling of an address; a dot may be left. */
function hostOf(url: URL): string {
  return url.hostname.replace(/\.$/, '');
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function isOwnHost(url: URL, own: string): boolean {
  if (!URL.canParse(`http://${own}`)) return false;
  const name = hostOf(new URL(`http://${own}`));
  const ownPort = /:(\d+)$/.exec(own)?.[1];
  if (ownPort === undefined) return hostOf(url) === name;
  if (Number(ownPort) !== portOf(url)) return false;
  // On one port, every name of this machine leads to the same server.
  return hostOf(url) === name || (isThisMachine(hostOf(url)) && isThisMachine(name));
}
