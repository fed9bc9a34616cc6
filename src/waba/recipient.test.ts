import { expect, it } from 'vitest';
import { parseRecipient } from './recipient.ts';

it.each([
  ['48123123123', '48123123123'],
  ['+48 123 123 123', '48123123123'],
  [' 48123123123 ', '48123123123'],
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
  '48-123-123',
  '++48123123',
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
