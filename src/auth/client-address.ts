/** A provider gives each customer at least this much of an IPv6 address: the first four groups. */
const IPV6_GROUPS = 4;

/**
 * Returns the address that a request came from, as far as guesses are counted by it: of IPv6 the
 * network only, since whoever has one has all of its addresses. Undefined where Cloudflare names none.
 */
export function clientAddress(headers: Headers): string | undefined {
  const address = headers.get('cf-connecting-ip')?.trim();
  if (address === undefined || address === '') return undefined;
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after];
  return groups
    .slice(0, IPV6_GROUPS)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
