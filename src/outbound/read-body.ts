/** What is read at once: to read each byte of a body that comes in pieces of one takes seconds a megabyte. */
const PIECE_BYTES = 64 * 1024;

/** A body as far as it was read. */
export interface ReadBody {
  /** At most as many as were asked for. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Its end came, or there was more of it than was asked for, or it broke off. */
  end: 'whole' | 'bound' | 'broken';
  /** Why it broke off. */
  cause?: unknown;
}

/**
 * Reads at most `maxBytes` of a body, null for none, and lets go of the rest: what is declared of its length
 * is only the sender's word. Never throws.
 */
export async function readBody(
  pieces: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
): Promise<ReadBody> {
  const kept: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of pieces ?? []) {
      kept.push(piece);
      size += piece.length;
      if (size > maxBytes) return { bytes: joined(kept, maxBytes), end: 'bound' };
    }
    return { bytes: joined(kept, size), end: 'whole' };
  } catch (cause) {
    return { bytes: joined(kept, size), end: 'broken', cause };
  }
}

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

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece.subarray(0, size - offset), offset);
    offset += piece.length;
  }
  return bytes;
}
