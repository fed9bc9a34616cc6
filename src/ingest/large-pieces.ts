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
