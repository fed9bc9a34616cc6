import { expect, it } from 'vitest';
import { linkedMedia } from './linked-media.ts';

const ID = '8b176ba5-fa8e-458e-94ad-85d1ae8f3be0';
const LINK = `https://inbox.example/api/v1/media/${ID}/`;

it('finds the file of a media message', () => {
  expect(linkedMedia({ link: LINK, caption: 'c' })).toEqual(new Map([[LINK, ID]]));
});

it('finds the file in a template’s header', () => {
  const components = [{ type: 'header', parameters: [{ type: 'image', image: { link: LINK } }] }];
  expect(linkedMedia({ name: 'n', components })).toEqual(new Map([[LINK, ID]]));
});

it.each([
  { link: 'https://inbox.example/logo.png' },
  { link: 'nonsense' },
  { link: 5 },
  { body: LINK },
  LINK,
  null,
])('finds none in %j', (content) => {
  expect(linkedMedia(content).size).toBe(0);
});
