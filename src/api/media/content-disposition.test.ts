import { describe, expect, it } from 'vitest';
import { contentDisposition } from './content-disposition.ts';

describe('contentDisposition', () => {
  it.each(['image/jpeg', 'image/webp', 'audio/ogg; codecs=opus', 'video/mp4', 'application/pdf'])(
    'shows %s',
    (type) => {
      expect(contentDisposition('a', type)).toMatch(/^inline;/);
    },
  );

  it.each([
    'application/octet-stream',
    'text/plain',
    'text/html',
    'image/svg+xml',
    'application/pdfx',
    'application/msword',
  ])('saves %s', (type) => {
    expect(contentDisposition('a', type)).toMatch(/^attachment;/);
  });

  it.each([
    ['a b.pdf', `filename="a b.pdf"; filename*=UTF-8''a%20b.pdf`],
    ['é🙂.pdf', `filename="__.pdf"; filename*=UTF-8''%C3%A9%F0%9F%99%82.pdf`],
    ['a"; x="b', `filename="a_; x=_b"; filename*=UTF-8''a%22%3B%20x%3D%22b`],
    ["it's (1)*.txt", `filename="it's (1)*.txt"; filename*=UTF-8''it%27s%20%281%29%2A.txt`],
    ['a\r\nX: y', `filename="a__X: y"; filename*=UTF-8''a%0D%0AX%3A%20y`],
    ['50%41.txt', `filename="50_41.txt"; filename*=UTF-8''50%2541.txt`],
    ['\uD83D', `filename="_"; filename*=UTF-8''%EF%BF%BD`],
  ])('writes the name %j for old and new readers', (name, parameters) => {
    expect(contentDisposition(name, 'text/plain')).toBe(`attachment; ${parameters}`);
  });
});
