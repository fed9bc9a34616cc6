import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { mediaFault } from './media-types.ts';
import { sampleMedia, sampleTypes } from './sample-media.ts';

function sample(type: string): Buffer {
  return Buffer.from(sampleMedia(type) ?? []);
}

describe('a made file', () => {
  it.each(sampleTypes())('of type %s would pass as an upload', (type) => {
    expect(mediaFault(type, sample(type))).toBeUndefined();
  });

  it.each([
    ['image/png', 0, '89504e470d0a1a0a'],
    ['image/jpeg', 0, 'ffd8ffe000104a464946'],
    ['image/webp', 8, '574542505650384c'],
    ['audio/ogg', 0, '4f67675300020000'],
    ['audio/ogg', 28, '4f70757348656164'],
    ['video/mp4', 4, '6674797069736f6d'],
    ['application/pdf', 0, '255044462d312e34'],
  ])('of type %s has the right bytes at offset %i', (type, offset, hex) => {
    const bytes = sample(type).subarray(offset, offset + hex.length / 2);
    expect(bytes.toString('hex')).toBe(hex);
  });

  it('is nothing for a type that cannot be made', () => {
    expect(sampleMedia('application/zip')).toBeUndefined();
  });
});

it('fills every pixel of the PNG', () => {
  const png = sample('image/png');
  const start = png.indexOf('IDAT') + 4;
  const pixels = inflateSync(png.subarray(start, start + png.readUInt32BE(start - 8)));
  expect(pixels).toHaveLength(64 * (1 + 64 * 3));
});

it('states the size of the WebP chunks as they are', () => {
  const webp = sample('image/webp');
  expect(webp.readUInt32LE(4)).toBe(webp.length - 8);
  expect(20 + webp.readUInt32LE(16) + (webp.readUInt32LE(16) % 2)).toBe(webp.length);
});

it('gives the offset of every PDF object', () => {
  const pdf = sample('application/pdf').toString('latin1');
  const table = Number(/startxref\n(\d+)/.exec(pdf)?.[1]);
  expect(pdf.slice(table, table + 4)).toBe('xref');
  const offsets = [...pdf.matchAll(/^(\d{10}) 00000 n/gm)].map((match) => Number(match[1]));
  expect(offsets).toHaveLength(5);
  for (const [index, offset] of offsets.entries()) {
    expect(pdf.slice(offset)).toMatch(new RegExp(`^${index + 1} 0 obj\n`));
  }
});

it('checks every Ogg page with the sum Ogg asks for', () => {
  const ogg = sample('audio/ogg');
  let start = 0;
  let pages = 0;
  while (start < ogg.length) {
    const segments = ogg[start + 26] ?? 0;
    const lengths = ogg.subarray(start + 27, start + 27 + segments);
    const end = start + 27 + segments + lengths.reduce((sum, length) => sum + length, 0);
    const page = Buffer.from(ogg.subarray(start, end));
    const stated = page.readUInt32LE(22);
    page.writeUInt32LE(0, 22);
    expect(stated).toBe(remainder(page));
    start = end;
    pages += 1;
  }
  expect(pages).toBe(3);
});

/** The polynomial division of RFC 3533 done literally: one bit after the other, in big integers. */
function remainder(page: Buffer): number {
  const polynomial = 0x1_04c1_1db7n;
  let rest = 0n;
  for (const byte of Buffer.concat([page, Buffer.alloc(4)])) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      rest = (rest << 1n) | BigInt((byte >> bit) & 1);
      if (rest >> 32n) rest ^= polynomial;
    }
  }
  return Number(rest);
}
