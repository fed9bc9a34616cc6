import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeBody } from './decode-body.ts';

const MAX = 16 * 1024;
const TEXT = JSON.stringify({ fine: 'ü'.repeat(300) });
const PACKED: [string, Uint8Array][] = [
  ['gzip', gzipSync(TEXT)],
  ['x-gzip', gzipSync(TEXT)],
  ['GZIP', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
];

async function decoded(bytes: Uint8Array, encoding: string | null, max = MAX): Promise<string> {
  return new TextDecoder().decode((await decodeBody(bytes, encoding, max)).bytes);
}

describe('a body', () => {
  it.each(PACKED)('is decoded by its label: %s', async (encoding, bytes) => {
    expect(await decoded(bytes, encoding)).toBe(TEXT);
  });

  it.each([...PACKED.map(([encoding]) => encoding), 'zstd', 'identity', 'gzip, br', '', null])(
    'stays as it came where the label %s is wrong',
    async (encoding) => {
      expect(await decoded(new TextEncoder().encode('OK'), encoding)).toBe('OK');
      expect(await decoded(new Uint8Array(), encoding)).toBe('');
    },
  );

  it.each(PACKED)('that breaks off is decoded as far as it came: %s', async (encoding, bytes) => {
    const half = await decoded(bytes.subarray(0, bytes.length - 4), encoding);
    expect(half.length).toBeGreaterThan(0);
  });

  it('is decoded to what was asked for and no further', async () => {
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
    const { bytes, isCut } = await decodeBody(bomb, 'gzip', MAX);
    expect([bytes.length, isCut]).toEqual([MAX, true]);
  });
});
