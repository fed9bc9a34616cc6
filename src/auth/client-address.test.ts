import { expect, it } from 'vitest';
import { clientAddress } from './client-address.ts';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['2001:db8:1:2::', '2001:db8:1:2'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
])('counts %s as %s', (address, counted) => {
  expect(clientAddress(new Headers({ 'CF-Connecting-IP': address }))).toBe(counted);
});

it('is unknown where nobody says it', () => {
  expect(clientAddress(new Headers())).toBeUndefined();
});
