import { describe, expect, it } from 'vitest';
import { photoIdentity, photoSource } from './photo-url.ts';

const WABA = 'https://waba.example/base';

describe('the photo that WABA links to', () => {
  it('is fetched from Meta without our key', () => {
    const url = 'https://pps.whatsapp.net/v/p.jpg?oe=1';
    expect(photoSource(url, WABA)).toEqual({ url, needsKey: false });
  });

  it('is fetched with our key from WABA itself', () => {
    const url = 'https://waba.example/p.jpg';
    expect(photoSource(url, WABA)).toEqual({ url, needsKey: true });
  });

  it.each([
    'http://pps.whatsapp.net/p.jpg',
    'https://whatsapp.net.evil.example/p.jpg',
    'https://evilwhatsapp.net/p.jpg',
    'https://pps.whatsapp.net:8443/p.jpg',
    'https://user@pps.whatsapp.net/p.jpg',
    'https://169.254.169.254/',
    'https://waba.example:444/p.jpg',
    'data:image/png;base64,aGk=',
    'nonsense',
  ])('is not fetched from %s', (url) => {
    expect(photoSource(url, WABA)).toBeUndefined();
  });

  it('is another one by its address without the signature', () => {
    expect(photoIdentity('https://a.example/p.jpg?oe=1')).toBe('https://a.example/p.jpg');
  });
});
