import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyAddress, type HostClass } from './forbidden-address.ts';
import { guardUrl } from './url-guard.ts';

/**
 * A property over all of IPv4, against a second reading of the registry: ranges from first to last
 * address, as text, where the guard has prefixes.
 */
const RANGES: readonly [first: string, last: string, HostClass][] = [
  ['0.0.0.0', '0.255.255.255', 'forbidden'],
  ['10.0.0.0', '10.255.255.255', 'private'],
  ['100.64.0.0', '100.100.100.199', 'private'],
  ['100.100.100.200', '100.100.100.200', 'forbidden'],
  ['100.100.100.201', '100.127.255.255', 'private'],
  ['127.0.0.0', '127.255.255.255', 'private'],
  ['168.63.129.16', '168.63.129.16', 'forbidden'],
  ['169.254.0.0', '169.254.255.255', 'forbidden'],
  ['172.16.0.0', '172.31.255.255', 'private'],
  ['192.0.0.0', '192.0.0.255', 'forbidden'],
  ['192.0.2.0', '192.0.2.255', 'forbidden'],
  ['192.88.99.0', '192.88.99.255', 'forbidden'],
  ['192.168.0.0', '192.168.255.255', 'private'],
  ['198.18.0.0', '198.19.255.255', 'forbidden'],
  ['198.51.100.0', '198.51.100.255', 'forbidden'],
  ['203.0.113.0', '203.0.113.255', 'forbidden'],
  ['224.0.0.0', '255.255.255.255', 'forbidden'],
];

const HIGHEST = 2 ** 32 - 1;

const SAMPLES = 20_000;

function toNumber(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

function expectedOf(address: number): HostClass {
  const range = RANGES.find(
    ([first, last]) => address >= toNumber(first) && address <= toNumber(last),
  );
  return range?.[2] ?? 'public';
}

/** Both ends of every range, and one address to each side of them. */
const BORDERS = RANGES.flatMap(([first, last]) => [toNumber(first), toNumber(last)])
  .flatMap((border) => [border - 1, border, border + 1])
  .filter((address) => address >= 0 && address <= HIGHEST)
  .map((address): [number] => [address]);

function hex(address: number): string {
  const text = address.toString(16).padStart(8, '0');
  return `${text.slice(0, 4)}:${text.slice(4)}`;
}

/** Ways to write an IPv4 address that URL parsers take; each means the same one. */
const SPELLINGS: Record<string, (address: number) => string> = {
  'dotted decimal': toText,
  'one number': String,
  'one hexadecimal number': (address) => `0x${address.toString(16)}`,
  'one octal number': (address) => `0${address.toString(8)}`,
  'octal parts': (address) =>
    toText(address)
      .split('.')
      .map((part) => `0${Number(part).toString(8)}`)
      .join('.'),
  'hexadecimal parts': (address) =>
    toText(address)
      .split('.')
      .map((part) => `0x${Number(part).toString(16)}`)
      .join('.'),
  'two parts': (address) => `${Math.floor(address / 2 ** 24)}.${address % 2 ** 24}`,
  'three parts': (address) =>
    `${toText(address).split('.').slice(0, 2).join('.')}.${address % 2 ** 16}`,
  'a dot at the end': (address) => `${toText(address)}.`,
  'percent escapes': (address) => toText(address).replaceAll('.', '%2E'),
  'full-width digits': (address) =>
    toText(address).replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
};

/** Ways to carry an IPv4 address in an IPv6 address. */
const CARRIERS: Record<string, (address: number) => string> = {
  compatible: (address) => `::${hex(address)}`,
  SIIT: (address) => `::ffff:0:${hex(address)}`,
  NAT64: (address) => `64:ff9b::${hex(address)}`,
  'local NAT64': (address) => `64:ff9b:1::${hex(address)}`,
  '6to4': (address) => `2002:${hex(address)}::1`,
  'Teredo, as its server': (address) => `2001:0:${hex(address)}::1`,
  'Teredo, as its client': (address) => `2001:0:808:808:0:0:${hex(HIGHEST - address)}`,
  'ISATAP, global': (address) => `2a00:1450::200:5efe:${hex(address)}`,
  'ISATAP, link-local': (address) => `fe80::5efe:${hex(address)}`,
  'ISATAP, unique local': (address) => `fd12::5efe:${hex(address)}`,
};

/** The reasons of which one is given for an address, whatever it is. */
const REASONS = new Set([
  'The host is reserved or internal to a network: give a public host.',
  'The host is private: give a host that can be reached from the internet.',
]);

function hostOf(host: string): string {
  return new URL(`http://${host}/`).hostname;
}

/** Throws where `judge` does, with the simplest such address. */
function holdsForAll(judge: (address: number) => void): void {
  const property = fc.property(fc.integer({ min: 0, max: HIGHEST }), judge);
  fc.assert(property, { numRuns: SAMPLES, examples: BORDERS });
}

describe('every IPv4 address', () => {
  it.each(Object.entries(SPELLINGS))('is judged alike as %s', (_name, spell) => {
    holdsForAll((address) => {
      expect(classifyAddress(hostOf(spell(address)))).toBe(expectedOf(address));
    });
  });

  it('mapped to IPv6 is forbidden where it is itself, and else private at best', () => {
    holdsForAll((address) => {
      const expected = expectedOf(address) === 'forbidden' ? 'forbidden' : 'private';
      expect(classifyAddress(hostOf(`[::ffff:${hex(address)}]`))).toBe(expected);
      expect(classifyAddress(hostOf(`[::ffff:${toText(address)}]`))).toBe(expected);
    });
  });

  it.each(Object.entries(CARRIERS))('carried in IPv6 (%s) is forbidden', (_name, carry) => {
    holdsForAll((address) => {
      // A compatible address of 0.0.0.1 is the loopback address of IPv6, which is only private.
      fc.pre(address !== 1);
      expect(classifyAddress(hostOf(`[${carry(address)}]`))).toBe('forbidden');
    });
  });

  it('is refused with one of two sentences, which hold nothing of it', () => {
    const policy = { allowPrivate: false, ownHosts: [] };
    holdsForAll((address) => {
      fc.pre(expectedOf(address) !== 'public');
      const guarded = guardUrl(`http://${toText(address)}/hook`, policy);
      expect(REASONS).toContain(guarded.ok ? undefined : guarded.reason);
    });
  });
});
