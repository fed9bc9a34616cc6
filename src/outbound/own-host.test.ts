import { describe, expect, it } from 'vitest';
import { isAddress, isThisMachine, ownHost } from './own-host.ts';

describe('the host that is our own', () => {
  it.each([
    ['a name, on every port', 'https://inbox.example.com:8443/x', 'inbox.example.com'],
    ['a name without a port', 'https://inbox.example.com', 'inbox.example.com'],
    ['this machine, on its port only', 'http://localhost:8787', 'localhost:8787'],
    ['a name of this machine', 'http://acme.localhost:8787', 'acme.localhost:8787'],
    ['this machine, on the default port', 'http://127.0.0.1/', '127.0.0.1:80'],
    ['this machine, over https', 'https://[::1]/', '[::1]:443'],
  ])('is %s', (_what, url, host) => {
    expect(ownHost(url)).toBe(host);
  });
});

describe('this machine', () => {
  it.each([
    'localhost',
    'acme.localhost',
    'localhost.',
    '127.0.0.1',
    '127.8.9.1',
    '[::1]',
    '[::ffff:7f00:1]',
  ])('is %s', (host) => expect(isThisMachine(host)).toBe(true));

  it.each(['localhost.example.com', 'notlocalhost', '10.0.0.1', '[::2]', '127.0.0.1.nip.io', ''])(
    'is not %j',
    (host) => expect(isThisMachine(host)).toBe(false),
  );
});

it('tells an address from a name', () => {
  const hosts = ['10.0.0.1', '[2001:db8::1]', 'example.com', '10.0.0.1.example.com'];
  expect(hosts.map(isAddress)).toEqual([true, true, false, false]);
});
