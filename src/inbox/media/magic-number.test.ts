import { describe, expect, it } from 'vitest';
import { fitsType, typeOfContent } from './magic-number.ts';

const HEADS: Record<string, Uint8Array> = {
  'image/jpeg': Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0x10),
  'image/png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0),
  'image/webp': Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1'),
  'audio/aac': Uint8Array.of(0xff, 0xf1, 0x50, 0x80),
  'audio/mpeg': Uint8Array.of(0xff, 0xfb, 0x90, 0x64),
  'audio/amr': Buffer.from('#!AMR\n', 'latin1'),
  'audio/ogg': Buffer.from('OggS\0\x02', 'latin1'),
  'video/mp4': Buffer.from('\0\0\0\x20ftypisom', 'latin1'),
  'application/pdf': Buffer.from('%PDF-1.7\n', 'latin1'),
};

const TYPES = Object.keys(HEADS);

describe('fitsType', () => {
  it.each(TYPES)('knows what %s begins with', (type) => {
    for (const [other, head] of Object.entries(HEADS)) {
      expect([other, fitsType(type, head)]).toEqual([other, other === type]);
    }
  });

  it.each(TYPES)('refuses an empty or cut head as %s', (type) => {
    expect(fitsType(type, new Uint8Array())).toBe(false);
    expect(fitsType(type, (HEADS[type] ?? new Uint8Array()).subarray(0, 1))).toBe(false);
  });

  it('takes the ISO container for sound, video and 3GPP', () => {
    const head = Buffer.from('\0\0\0\x18ftyp3gp5', 'latin1');
    for (const type of ['audio/mp4', 'video/mp4', 'video/3gpp'])
      expect(fitsType(type, head)).toBe(true);
  });

  it('takes a tag before the sound', () => {
    const head = Buffer.from('ID3\x04', 'latin1');
    expect(fitsType('audio/mpeg', head)).toBe(true);
    expect(fitsType('audio/aac', head)).toBe(true);
  });

  it('has no say about types without a mark', () => {
    expect(fitsType('text/plain', Buffer.from('hello'))).toBe(true);
  });
});

describe('typeOfContent', () => {
  it.each(['image/jpeg', 'image/png', 'image/webp', 'audio/amr', 'audio/ogg', 'application/pdf'])(
    'recognises %s unasked',
    (type) => {
      expect(typeOfContent(HEADS[type] ?? new Uint8Array())).toBe(type);
    },
  );

  it.each([
    ['two bytes that any file may have', HEADS['audio/mpeg']],
    ['a container of sound or video', HEADS['video/mp4']],
    ['text', Buffer.from('hello')],
    ['nothing', new Uint8Array()],
  ])('leaves it open for %s', (_, head) => {
    expect(typeOfContent(head ?? new Uint8Array())).toBeUndefined();
  });
});
