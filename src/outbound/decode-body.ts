import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Transform } from 'node:stream';

/** A body that breaks off still gives what came: with this its end is no error. */
const ZLIB = { finishFlush: constants.Z_SYNC_FLUSH };
const BROTLI = { finishFlush: constants.BROTLI_OPERATION_FLUSH };

/** The codings of RFC 9110 section 8.4.1, and `br` (RFC 7932). */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(ZLIB),
  'x-gzip': () => createGunzip(ZLIB),
  deflate: () => createInflate(ZLIB),
  br: () => createBrotliDecompress(BROTLI),
};

/** What a body was decoded to. */
export interface Decoded {
  bytes: Uint8Array;
  /** There is more of it than was asked for. */
  isCut: boolean;
}

/**
 * Decodes a body that is labelled with `encoding` (a `Content-Encoding`), to `maxBytes` at most. What the
 * label does not fit, or is not known, stays as it came. Never throws.
 */
export async function decodeBody(
  bytes: Uint8Array,
  encoding: string | null,
  maxBytes: number,
): Promise<Decoded> {
  const decoder = DECODERS[encoding?.trim().toLowerCase() ?? ''];
  const asItCame = { bytes, isCut: false };
  if (decoder === undefined || bytes.length === 0) return asItCame;
  const decoded = await decode(decoder(), bytes, maxBytes);
  return decoded.bytes.length === 0 ? asItCame : decoded;
}

async function decode(decoder: Transform, bytes: Uint8Array, maxBytes: number): Promise<Decoded> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    decoder.end(bytes);
    for await (const chunk of decoder) {
      const part: Uint8Array = chunk;
      chunks.push(part);
      size += part.length;
      // What is packed well may be a thousand times as long: leaving the loop ends the work on it.
      if (size > maxBytes) break;
    }
  } catch {
    // What came before the fault is kept.
  }
  const all = new Uint8Array(Buffer.concat(chunks));
  return { bytes: all.subarray(0, maxBytes), isCut: size > maxBytes };
}
