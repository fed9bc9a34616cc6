import { describe, expect, it } from 'vitest';
import { classifyAddress, isLoopbackAddress } from './forbidden-address.ts';

/** As the guard does: the URL parser first brings each spelling into one form. */
function classify(host: string): string | null {
  return classifyAddress(new URL(`http://${host}/`).hostname);
}

describe('classifyAddress: IPv4 blocks, at both ends and just outside', () => {
  it.each([
    ['0.0.0.0', 'forbidden'],
    ['0.255.255.255', 'forbidden'],
    ['1.0.0.0', 'public'],
    ['9.255.255.255', 'public'],
    ['10.0.0.0', 'private'],
    ['10.255.255.255', 'private'],
    ['11.0.0.0', 'public'],
    ['100.63.255.255', 'public'],
    ['100.64.0.0', 'private'],
    ['100.100.100.200', 'forbidden'],
    ['100.100.100.201', 'private'],
    ['100.127.255.255', 'private'],
    ['100.128.0.0', 'public'],
    ['126.255.255.255', 'public'],
    ['127.0.0.0', 'private'],
    ['127.255.255.255', 'private'],
    ['128.0.0.0', 'public'],
    ['168.63.129.15', 'public'],
    ['168.63.129.16', 'forbidden'],
    ['168.63.129.17', 'public'],
    ['169.253.255.255', 'public'],
    ['169.254.0.0', 'forbidden'],
    ['169.254.255.255', 'forbidden'],
    ['169.255.0.0', 'public'],
    ['172.15.255.255', 'public'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['191.255.255.255', 'public'],
    ['192.0.0.0', 'forbidden'],
    ['192.0.0.192', 'forbidden'],
    ['192.0.1.0', 'public'],
    ['192.0.2.0', 'forbidden'],
    ['192.0.2.255', 'forbidden'],
    ['192.0.3.0', 'public'],
    ['192.88.98.255', 'public'],
    ['192.88.99.0', 'forbidden'],
    ['192.88.100.0', 'public'],
    ['192.167.255.255', 'public'],
    ['192.168.0.0', 'private'],
    ['192.168.255.255', 'private'],
    ['192.169.0.0', 'public'],
    ['198.17.255.255', 'public'],
    ['198.18.0.0', 'forbidden'],
    ['198.19.255.255', 'forbidden'],
    ['198.20.0.0', 'public'],
    ['198.51.100.0', 'forbidden'],
    ['198.51.101.0', 'public'],
    ['203.0.113.255', 'forbidden'],
    ['203.0.114.0', 'public'],
    ['223.255.255.255', 'public'],
    ['224.0.0.0', 'forbidden'],
    ['239.255.255.255', 'forbidden'],
    ['240.0.0.0', 'forbidden'],
    ['255.255.255.255', 'forbidden'],
  ])('takes %s as %s', (host, expected) => {
    expect(classify(host)).toBe(expected);
  });
});

describe('classifyAddress: IPv6 blocks', () => {
  it.each([
    ['[::]', 'forbidden'],
    ['[::1]', 'private'],
    ['[::2]', 'forbidden'],
    ['[100::1]', 'forbidden'],
    ['[100:0:0:1::1]', 'forbidden'],
    ['[1fff:ffff::1]', 'forbidden'],
    ['[2000::1]', 'public'],
    ['[2001::1]', 'forbidden'],
    ['[2001:1::1]', 'forbidden'],
    ['[2001:20::1]', 'forbidden'],
    ['[2001:1ff:ffff::1]', 'forbidden'],
    ['[2001:200::1]', 'public'],
    ['[2001:db7:ffff::1]', 'public'],
    ['[2001:db8::1]', 'forbidden'],
    ['[2001:db9::1]', 'public'],
    ['[2001:4860:4860::8888]', 'public'],
    ['[2606:4700:4700::1111]', 'public'],
    ['[2a00:1450:4001:81b::200e]', 'public'],
    ['[3ffe::1]', 'forbidden'],
    ['[3fff::1]', 'forbidden'],
    ['[3fff:fff:ffff::1]', 'forbidden'],
    ['[3fff:1000::1]', 'public'],
    ['[4000::1]', 'forbidden'],
    ['[5f00::1]', 'forbidden'],
    ['[fbff:ffff::1]', 'forbidden'],
    ['[fc00::1]', 'private'],
    ['[fdff:ffff::1]', 'private'],
    ['[fd00:ec2::23]', 'forbidden'],
    ['[fd00:ec2::253]', 'forbidden'],
    ['[fd00:ec2::254]', 'forbidden'],
    ['[fd00:ec3::254]', 'private'],
    ['[fd20:ce::254]', 'forbidden'],
    ['[fd20:cf::254]', 'private'],
    ['[fd00:42::42]', 'forbidden'],
    ['[fd00:a9fe:a9fe::1]', 'forbidden'],
    ['[fe00::1]', 'forbidden'],
    ['[fe80::1]', 'forbidden'],
    ['[febf:ffff::1]', 'forbidden'],
    ['[fec0::1]', 'forbidden'],
    ['[feff:ffff::1]', 'forbidden'],
    ['[ff00::1]', 'forbidden'],
    ['[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]', 'forbidden'],
  ])('takes %s as %s', (host, expected) => {
    expect(classify(host)).toBe(expected);
  });
});

describe('classifyAddress: IPv4 carried in IPv6', () => {
  it.each([
    ['mapped loopback', '[::ffff:127.0.0.1]', 'private'],
    ['mapped private', '[::ffff:10.0.0.1]', 'private'],
    ['mapped public, private at best', '[::ffff:8.8.8.8]', 'private'],
    ['mapped metadata', '[::ffff:169.254.169.254]', 'forbidden'],
    ['mapped metadata in hex', '[::ffff:a9fe:a9fe]', 'forbidden'],
    ['mapped unspecified', '[::ffff:0.0.0.0]', 'forbidden'],
    ['mapped broadcast', '[::ffff:255.255.255.255]', 'forbidden'],
    ['compatible loopback', '[::127.0.0.1]', 'forbidden'],
    ['compatible public', '[::8.8.8.8]', 'forbidden'],
    ['SIIT', '[::ffff:0:127.0.0.1]', 'forbidden'],
    ['SIIT public', '[::ffff:0:808:808]', 'forbidden'],
    ['ISATAP without a prefix', '[::5efe:10.0.0.1]', 'forbidden'],
    ['ISATAP, global bit set', '[::200:5efe:10.0.0.1]', 'forbidden'],
    ['ISATAP under a public prefix', '[2a00:1450::5efe:10.0.0.1]', 'forbidden'],
    ['ISATAP under a public prefix, global bit set', '[2a00::200:5efe:a00:1]', 'forbidden'],
    ['ISATAP under a unique local prefix', '[fd12::5efe:10.0.0.1]', 'forbidden'],
    ['NAT64 private', '[64:ff9b::10.0.0.1]', 'forbidden'],
    ['NAT64 public', '[64:ff9b::8.8.8.8]', 'forbidden'],
    ['NAT64 local-use', '[64:ff9b:1::10.0.0.1]', 'forbidden'],
    ['the rest of 64:ff9b::/32', '[64:ff9b:ffff::1]', 'forbidden'],
    ['6to4 private', '[2002:a00:1::]', 'forbidden'],
    ['6to4 public', '[2002:808:808::1]', 'forbidden'],
    ['Teredo', '[2001:0:4136:e378:8000:63bf:3fff:fdd2]', 'forbidden'],
  ])('%s: %s is %s', (_, host, expected) => {
    expect(classify(host)).toBe(expected);
  });
});

describe('classifyAddress: what is no address', () => {
  it.each(['example.com', 'localhost', '10.0.0.1.example.com', '1.2.3', '1.2.3.256', ''])(
    'says null to %j',
    (host) => {
      expect(classifyAddress(host)).toBeNull();
    },
  );
});

describe('isLoopbackAddress', () => {
  it.each(['127.0.0.1', '127.9.9.9', '[::1]', '[::ffff:7f00:1]'])('says yes to %s', (host) => {
    expect(isLoopbackAddress(host)).toBe(true);
  });

  it.each(['126.0.0.1', '128.0.0.1', '[::2]', '[::ffff:a00:1]', '[::7f00:1]', 'localhost'])(
    'says no to %s',
    (host) => {
      expect(isLoopbackAddress(host)).toBe(false);
    },
  );
});
