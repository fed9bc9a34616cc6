import { WaypostError } from '../error.ts';

/**
 * Reads a body of at most `maxBytes`. Throws `too_large` as soon as more has come, without keeping or
 * awaiting the rest: the declared length is only the sender's word. Throws `invalid` for a body that breaks
 * off, or whose chunks are none.
 */
export async function readLimited(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes);
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of request.body === null ? [] : largePieces(request.body)) {
      size += piece.length;
      if (size > maxBytes) break;
      pieces.push(piece);
    }
  } catch {
    throw new WaypostError('invalid', 'The body could not be read to its end.');
  }
  if (size > maxBytes) throw tooLarge(maxBytes);
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

function tooLarge(maxBytes: number): WaypostError {
  const kilobytes = maxBytes / 1024;
  const most = kilobytes < 1024 ? `${kilobytes} kB` : `${kilobytes / 1024} MB`;
  return new WaypostError('too_large', `The request body may have ${most} at most.`);
}

/** What is read at once: to read each byte of a body that comes in pieces of one takes seconds a megabyte. */
const PIECE_BYTES = 64 * 1024;

/** Yields a body in pieces of 64 KiB, the last one smaller, in however small ones it comes. Throws where it breaks off. */
export async function* largePieces(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = byteReader(body);
  try {
    for (;;) {
      const { done, value } = await reader.readAtLeast(PIECE_BYTES, new Uint8Array(PIECE_BYTES));
      if (value !== undefined && value.length > 0) yield value;
      if (done) return;
    }
  } finally {
    // Whoever has had enough reads no further; at its end, or where it broke off, there is nothing to cancel.
    await reader.cancel().catch(() => undefined);
  }
}

/** What a network sends can be read into a buffer of ours; what code makes (a transformed body, say) only behind a pipe. */
function byteReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader {
  try {
    return body.getReader({ mode: 'byob' });
  } catch {
    return body.pipeThrough(new IdentityTransformStream()).getReader({ mode: 'byob' });
  }
}
