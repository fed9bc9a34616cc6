import { describe, expect, it } from 'vitest';
import { mediaIdOfLink } from './media-id-of-link.ts';

const ID = '497f6eca-6276-4993-bfeb-53cbbbba6f08';
const OWN = ['https://acme.example.com', 'https://waypost.acme.workers.dev'];

describe('mediaIdOfLink', () => {
  it.each([
    `https://acme.example.com/api/v1/media/${ID}/`,
    `https://acme.example.com/api/v1/media/${ID}`,
    `https://acme.example.com:443/api/v1/media/${ID}/`,
    `https://acme.example.com/api/v1/media/${ID.toUpperCase()}/`,
    `https://acme.example.com/api/v1/media/${ID}?mime_type_type=image&mime_type_subtype=jpeg`,
    `https://acme.example.com/api/v1/media/${ID}/?expires=1&signature=x#top`,
    `https://waypost.acme.workers.dev/api/v1/media/${ID}/`,
    `http://localhost:8787/api/v1/media/${ID}/`,
    `http://acme.localhost:9000/api/v1/media/${ID}/`,
    `http://127.0.0.1:8787/api/v1/media/${ID}/`,
    `http://[::1]:8787/api/v1/media/${ID}/`,
  ])('finds the file of %s', (link) => {
    expect(mediaIdOfLink(link, OWN)).toBe(ID);
  });

  it.each([
    `https://other.example.com/api/v1/media/${ID}/`,
    `http://acme.example.com/api/v1/media/${ID}/`,
    `https://acme.example.com:8443/api/v1/media/${ID}/`,
    `https://acme.example.com.evil.com/api/v1/media/${ID}/`,
    `https://localhost.evil.com/api/v1/media/${ID}/`,
    `https://user@acme.example.com/api/v1/media/${ID}/`,
    `https://acme.example.com@evil.com/api/v1/media/${ID}/`,
    `ftp://localhost/api/v1/media/${ID}/`,
    `https://acme.example.com/x/api/v1/media/${ID}/`,
    `https://acme.example.com/api/v1/media/${ID}/x`,
    `https://acme.example.com/api/v1/media/${ID}0/`,
    'https://acme.example.com/api/v1/media/1/',
    `/api/v1/media/${ID}/`,
    'not a link',
    '',
  ])('takes %s for somebody else’s', (link) => {
    expect(mediaIdOfLink(link, OWN)).toBeUndefined();
  });
});
