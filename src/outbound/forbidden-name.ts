import { classifyAddress } from './forbidden-address.ts';
import type { HostClass } from './forbidden-address.ts';

/** Names that only mean something inside one network: reserved ones, and those in wide private use. */
const PRIVATE_SUFFIXES = [
  'localhost', // RFC 6761
  'local', // RFC 6762; Kubernetes' cluster.local too
  'test', // RFC 6761
  'invalid', // RFC 6761
  'home.arpa', // RFC 8375
  'internal', // reserved by ICANN for this in 2024
  'consul',
  'corp',
  'home',
  'intranet',
  'lan',
  'localdomain',
  'private',
  'svc',
];

/** Public names whose every subdomain resolves to 127.0.0.1. */
const LOOPBACK_SUFFIXES = [
  'ddev.site',
  'fuf.me',
  'lacolhost.com',
  'lndo.site',
  'local.gd',
  'localho.st',
  'localtest.me',
  'lvh.me',
  'vcap.me',
];

/** Public names that resolve to the address written in front of them: 127.0.0.1.nip.io. */
const CARRIER_SUFFIXES = [
  'backname.io',
  'local-ip.co',
  'local-ip.sh',
  'nip.io',
  'sslip.io',
  'traefik.me',
  'xip.io',
];

/** Cloud metadata by name, and two services made for DNS rebinding. */
const FORBIDDEN_SUFFIXES = [
  'metadata.goog',
  'metadata.google',
  'metadata.packet.net',
  'metadata.platformequinix.com',
  'metadata.tencentyun.com',
  '1u.ms',
  'rbndr.us',
];

/** As the first label of a name inside a network, these are metadata services. */
const METADATA_LABELS = new Set(['instance-data', 'metadata', 'rancher-metadata']);

/**
 * Judges a host name by its spelling alone; what it resolves to is for the network to judge.
 *
 * @param name lower case, not a literal address, without the trailing dot
 */
export function classifyName(name: string): HostClass {
  if (endsInOne(name, FORBIDDEN_SUFFIXES)) return 'forbidden';
  const carrier = CARRIER_SUFFIXES.find((suffix) => isUnder(name, suffix));
  if (carrier !== undefined) return classifyCarried(name.slice(0, -carrier.length));
  if (endsInOne(name, LOOPBACK_SUFFIXES)) return 'private';
  const [firstLabel = '', ...parents] = name.split('.');
  if (parents.length > 0 && !endsInOne(name, PRIVATE_SUFFIXES)) return 'public';
  return METADATA_LABELS.has(firstLabel) ? 'forbidden' : 'private';
}

/**
 * Judges what stands in front of a carrier's name by the worst address that can be read in it.
 * Carriers differ in which of several they take, so no form but IPv4 in decimal is let through.
 */
function classifyCarried(prefix: string): HostClass {
  const tokens = prefix.replace(/\.$/, '').split(/[.-]/);
  const hasHexIpv4 = tokens.some((token) => /^[\da-f]{8}$/.test(token));
  const hasIpv6 =
    tokens.includes('') || tokens.filter((token) => /^[\da-f]{1,4}$/.test(token)).length >= 8;
  if (hasHexIpv4 || hasIpv6) return 'forbidden';
  const carried = tokens.map((_, at) => classifyAddress(tokens.slice(at, at + 4).join('.')));
  if (carried.includes('forbidden')) return 'forbidden';
  if (carried.includes('private')) return 'private';
  return carried.includes('public') ? 'public' : 'forbidden';
}

function endsInOne(name: string, suffixes: readonly string[]): boolean {
  return suffixes.some((suffix) => isUnder(name, suffix));
}

function isUnder(name: string, suffix: string): boolean {
  return name === suffix || name.endsWith(`.${suffix}`);
}
