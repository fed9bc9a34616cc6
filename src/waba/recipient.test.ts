import { expect, it } from 'vitest';
import { hasNationalZero, parseRecipient } from './recipient.ts';

it.each([
  ['48123123123', '48123123123'],
  ['+48 123 123 123', '48123123123'],
  [' 48123123123 ', '48123123123'],
  ['+1 (555) 002-0005', '15550020005'],
  ['(+1) 555.002.0005', '15550020005'],
  ['+55\u00a031\u00a098888\u20117777', '5531988887777'],
  ['\u202a+49 151 23456789\u202c', '4915123456789'],
  ['48-123-123', '48123123'],
  ['US.13491208655302741918', 'US.13491208655302741918'],
  ['DE.ENT.abc123', 'DE.ENT.abc123'],
])('reads %j as %s', (text, chat) => {
  expect(parseRecipient(text)).toBe(chat);
});

it.each([
  '',
  '+',
  '1234',
  '1234567890123456',
  '++48123123',
  '48+123123',
  '48123x',
  'US.',
  'us.123',
  'USA.123',
  'US.12 3',
  `US.${'1'.repeat(129)}`,
  '４８１２３１２３',
])('takes %j for no recipient', (text) => {
  expect(parseRecipient(text)).toBeUndefined();
});

it.each([
  '0015550020005',
  '00 1 555 002 0005',
  '07700900123',
  '+0 7700 900123',
  '(0151) 23456789',
  '+49 (0) 151 23456789',
])('takes %j for no recipient, since no country code begins with 0', (text) => {
  expect([parseRecipient(text), hasNationalZero(text)]).toEqual([undefined, true]);
});

it.each(['', '1234', '48123x', 'US.0', 'zero 0', '+48 123 123 123'])(
  'finds no national 0 in %j',
  (text) => {
    expect(hasNationalZero(text)).toBe(false);
  },
);
