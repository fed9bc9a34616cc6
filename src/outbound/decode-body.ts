import { Readable, pipeline, type Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { readBody } from './read-body.ts';

/** With these the end of a body that breaks off is no error. */
const LENIENT_ZLIB = { finishFlush: constants.Z_SYNC_FLUSH };
const LENIENT_BROTLI = { finishFlush: constants.BROTLI_OPERATION_FLUSH };

/** The codings of RFC 9110 section 8.4.1, and `br` (RFC 7932). */
const DECODERS: Readonly<Record<string, (isLenient: boolean) => Transform>> = {
  gzip: (isLenient) => createGunzip(isLenient ? LENIENT_ZLIB : {}),
  'x-gzip': (isLenient) => createGunzip(isLenient ? LENIENT_ZLIB : {}),
  deflate: (isLenient) => createInflate(isLenient ? LENIENT_ZLIB : {}),
  br: (isLenient) => createBrotliDecompress(isLenient ? LENIENT_BROTLI : {}),
};

/** What a body was decoded to. */
export interface Decoded {
  bytes: Uint8Array;
  /** There is more of it than was asked for. */
  isCut: boolean;
}

/** Whether a body with this label (a `Content-Encoding`) is another one when it is decoded. */
export function isCoded(encoding: string | null): boolean {
  return decoderOf(encoding) !== undefined;
}

/**
 * Decodes a body that is labelled with `encoding`, to `maxBytes` at most: as far as it came, where it breaks
 * off. What the label does not fit, or is not known, stays as it came. Never throws.
 */
export async function decodeBody(
  bytes: Uint8Array,
  encoding: string | null,
  maxBytes: number,
): Promise<Decoded> {
  const asItCame = { bytes, isCut: false };
  if (!isCoded(encoding) || bytes.length === 0) return asItCame;
  // What is packed well may be a thousand times as long: no more of it is unpacked than is asked for.
  const decoded = await readBody(decodedPieces([bytes], encoding, true), maxBytes);
  if (decoded.bytes.length === 0) return asItCame;
  return { bytes: decoded.bytes, isCut: decoded.end === 'bound' };
}

/**
 * Yields a body decoded by its label, one without a known label as it comes. Throws where the label does not
 * fit, and where it breaks off unless that `isLenient`.
 */
export async function* decodedPieces(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  encoding: string | null,
  isLenient = false,
): AsyncGenerator<Uint8Array, void> {
  const decoder = decoderOf(encoding)?.(isLenient);
  if (decoder === undefined) return yield* pieces;
  // What goes wrong ends the decoder, too, where it is thrown.
  pipeline(Readable.from(pieces, { objectMode: false }), decoder, () => undefined);
  for await (const piece of decoder) yield piece;
}

function decoderOf(encoding: string | null): ((isLenient: boolean) => Transform) | undefined {
  return DECODERS[encoding?.trim().toLowerCase() ?? ''];
}
