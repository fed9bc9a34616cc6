import { expect, it } from 'vitest';
import { nextPath } from './next-path.ts';

const ORIGIN = 'https://inbox.example';

it.each(['/app/', '/app/?chat=1#last', '/api/v1/chats/?limit=1', '/a%2F%2Fb'])(
  'goes on to %s, which is ours',
  (next) => {
    expect(nextPath(next, ORIGIN)).toBe(next);
  },
);

it.each([
  undefined,
  '',
  'app/',
  'https://evil.example/',
  'https://inbox.example/app/',
  '//evil.example/',
  '/\\evil.example/',
  '/\t/evil.example/',
  '/.//evil.example/',
  '/..//evil.example/',
  'javascript:alert(1)',
  '///evil.example',
])('goes home instead of to %j', (next) => {
  expect(nextPath(next, ORIGIN)).toBe('/app/');
});
