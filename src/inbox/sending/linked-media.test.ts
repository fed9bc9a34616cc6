import { describe, expect, it } from 'vitest';
import { mediaLinks, withLastingLinks } from './linked-media.ts';

const ID = '8b176ba5-fa8e-458e-94ad-85d1ae8f3be0';
const LINK = `https://inbox.example/api/v1/media/${ID}/`;

function idsIn(content: unknown): string[] {
  return mediaLinks({ type: '', content }, []).map(({ mediaId }) => mediaId);
}

it('finds the file of a media message', () => {
  expect(idsIn({ link: LINK, caption: 'c' })).toEqual([ID]);
});

it('finds the file in a template’s header', () => {
  const components = [{ type: 'header', parameters: [{ type: 'image', image: { link: LINK } }] }];
  expect(idsIn({ name: 'n', components })).toEqual([ID]);
});

it.each([
  { link: 'https://inbox.example/logo.png' },
  { link: 'nonsense' },
  { link: 5 },
  { body: LINK },
  LINK,
  null,
])('finds none in %j', (content) => {
  expect(idsIn(content)).toEqual([]);
});

describe('a link with the path of a file', () => {
  const OWN = ['https://inbox.example'];

  function linksIn(type: string, content: unknown) {
    return mediaLinks({ type, content }, OWN).map(({ as, isOwn }) => ({ as, isOwn }));
  }

  it('is for what it stands under', () => {
    expect(linksIn('sticker', { link: LINK })).toEqual([{ as: 'sticker', isOwn: true }]);
    const components = [{ parameters: [{ type: 'video', video: { link: LINK } }] }];
    expect(linksIn('template', { components })).toEqual([{ as: 'video', isOwn: true }]);
  });

  it.each([
    [LINK.replace('inbox.', 'other.'), false],
    [LINK.replace('https', 'http'), false],
    [LINK.replace('https://inbox.example', 'http://localhost:8787'), true],
    [LINK.replace('https://inbox.example', 'http://acme.localhost'), true],
  ])('is ours only on a host of ours: %s', (link, isOwn) => {
    expect(linksIn('image', { link })).toEqual([{ as: 'image', isOwn }]);
  });
});

describe('a stored message', () => {
  const OTHER = LINK.replace('inbox.', 'other.');

  function stored(content: unknown, publicUrl?: string): unknown {
    const links = mediaLinks({ type: 'template', content }, ['https://inbox.example']);
    return withLastingLinks(content, links, { publicUrl });
  }

  it('has its own links at the public URL, and others as they came', () => {
    const content = { components: [{ image: { link: LINK } }, { image: { link: OTHER } }, LINK] };
    expect(stored(content, 'https://public.example')).toEqual({
      components: [
        { image: { link: `https://public.example/api/v1/media/${ID}/` } },
        { image: { link: OTHER } },
        LINK,
      ],
    });
  });

  it('has its own links at this machine where there is no public URL', () => {
    expect(stored({ link: LINK })).toEqual({ link: `http://localhost/api/v1/media/${ID}/` });
  });

  it('has its own links without their signatures, which end some day', () => {
    const signed = { link: `https://inbox.example/api/v1/media/${ID}/?expires=1&signature=x` };
    const plain = { link: `https://inbox.example/api/v1/media/${ID}/` };
    expect(stored(signed, 'https://inbox.example')).toEqual(plain);
  });

  it('keeps a link that says itself whose it is', () => {
    const local = { link: `http://127.0.0.1:8787/api/v1/media/${ID}?x=1` };
    expect(stored(local)).toBe(local);
    const content = { link: LINK };
    expect(stored(content, 'https://inbox.example')).toBe(content);
  });
});
