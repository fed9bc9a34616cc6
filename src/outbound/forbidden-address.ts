/**
 * How far a host may be trusted as a target:
 * `private` only where the operator allows private targets, `forbidden` nowhere.
 */
export type HostClass = 'public' | 'private' | 'forbidden';

interface Block {
  readonly prefix: bigint;
  /** How many low bits of an address lie outside the prefix. */
  readonly shift: bigint;
}

/** IPv4 that no request may reach, whatever the operator allows (IANA special-purpose registry). */
const FORBIDDEN_IPV4 = blocks(32, [
  '0.0.0.0/8', // "this network": Linux connects it to itself
  '100.100.100.200/32', // Alibaba metadata, inside CGNAT
  '168.63.129.16/32', // Azure's host agent, inside public space
  '169.254.0.0/16', // link-local: where most clouds keep their metadata and credentials
  '192.0.0.0/24', // IETF assignments; Oracle metadata is 192.0.0.192
  '192.0.2.0/24', // TEST-NET-1
  '192.88.99.0/24', // 6to4 relays
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // TEST-NET-2
  '203.0.113.0/24', // TEST-NET-3
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, with broadcast at its end
]);

const LOOPBACK_IPV4 = blocks(32, ['127.0.0.0/8']);

const PRIVATE_IPV4 = [
  ...LOOPBACK_IPV4,
  ...blocks(32, ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16']),
];

/** Only global unicast is public; all that IANA has not handed out to networks is refused with it. */
const GLOBAL_IPV6 = blocks(128, ['2000::/3']);

/** What lies inside the public or the private space and is still refused everywhere. */
const FORBIDDEN_IPV6 = blocks(128, [
  '2001::/23', // IETF assignments: Teredo, ORCHID, benchmarks
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: carries any IPv4
  '3ffe::/16', // the 6bone, given back
  '3fff::/20', // documentation
  'fd00:42::42/128', // Scaleway metadata
  'fd00:a9fe:a9fe::/48', // Linode metadata
  'fd00:ec2::/32', // AWS metadata, credentials, DNS
  'fd20:ce::/32', // Google metadata
]);

const LOOPBACK_IPV6 = blocks(128, ['::1/128']);
const PRIVATE_IPV6 = [...LOOPBACK_IPV6, ...blocks(128, ['fc00::/7'])];
const MAPPED_IPV6 = blocks(128, ['::ffff:0:0/96']);

const LOW_32_BITS = 0xffff_ffffn;
/** RFC 5214 section 6.1: an interface id of 0000:5efe or, with the u and g bits set, up to 0300:5efe. */
const ISATAP_ID = 0x0000_5efen;
const ISATAP_ID_MASK = 0xfcff_ffffn;

/**
 * Judges a literal address. An IPv4-mapped address is judged by what it carries, and is private at
 * best; every other carrier of IPv4 (compatible, SIIT, ISATAP, NAT64, 6to4, Teredo) is forbidden.
 *
 * @param hostname as `URL.hostname` gives it: `192.0.2.1` or `[2001:db8::1]`
 * @returns null when it is no literal address
 */
export function classifyAddress(hostname: string): HostClass | null {
  const ipv4 = parseIpv4(hostname);
  if (ipv4 !== null) return classifyIpv4(ipv4);
  const ipv6 = parseIpv6(hostname);
  return ipv6 === null ? null : classifyIpv6(ipv6);
}

/** Whether a host (as `URL.hostname` gives it) is a literal loopback address, mapped ones included. */
export function isLoopbackAddress(hostname: string): boolean {
  const ipv4 = parseIpv4(hostname);
  if (ipv4 !== null) return isWithin(ipv4, LOOPBACK_IPV4);
  const ipv6 = parseIpv6(hostname);
  if (ipv6 === null) return false;
  if (isWithin(ipv6, MAPPED_IPV6)) return isWithin(ipv6 & LOW_32_BITS, LOOPBACK_IPV4);
  return isWithin(ipv6, LOOPBACK_IPV6);
}

function classifyIpv4(address: bigint): HostClass {
  if (isWithin(address, FORBIDDEN_IPV4)) return 'forbidden';
  return isWithin(address, PRIVATE_IPV4) ? 'private' : 'public';
}

function classifyIpv6(address: bigint): HostClass {
  if (isWithin(address, MAPPED_IPV6)) {
    return classifyIpv4(address & LOW_32_BITS) === 'forbidden' ? 'forbidden' : 'private';
  }
  if (((address >> 32n) & ISATAP_ID_MASK) === ISATAP_ID) return 'forbidden';
  if (isWithin(address, FORBIDDEN_IPV6)) return 'forbidden';
  if (isWithin(address, PRIVATE_IPV6)) return 'private';
  return isWithin(address, GLOBAL_IPV6) ? 'public' : 'forbidden';
}

function isWithin(address: bigint, list: readonly Block[]): boolean {
  return list.some(({ prefix, shift }) => address >> shift === prefix);
}

function blocks(width: 32 | 128, cidrs: readonly string[]): Block[] {
  return cidrs.map((cidr) => {
    const [base = '', length] = cidr.split('/');
    const address = width === 32 ? parseIpv4(base) : parseIpv6(`[${base}]`);
    if (address === null) throw new TypeError(`${cidr} is no address block`);
    const shift = BigInt(width - Number(length));
    return { prefix: address >> shift, shift };
  });
}

function parseIpv4(text: string): bigint | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return null;
  const parts = text.split('.').map(Number);
  if (parts.some((part) => part > 255)) return null;
  return parts.reduce((address, part) => (address << 8n) | BigInt(part), 0n);
}

/** The URL parser has already turned every spelling, a dotted tail too, into hex groups. */
function parseIpv6(text: string): bigint | null {
  if (!text.startsWith('[') || !text.endsWith(']')) return null;
  const [head = '', tail = ''] = text.slice(1, -1).split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0');
  return [...front, ...zeros, ...back].reduce(
    (address, group) => (address << 16n) | BigInt(`0x${group}`),
    0n,
  );
}
