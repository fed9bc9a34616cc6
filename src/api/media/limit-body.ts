/**
 * Passes a body on until it has had more than `maxBytes`: then `onExceeded` is called and the stream
 * fails, so that whoever reads it keeps no more, and the sender is not read any further.
 */
export function limitBody(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  onExceeded: () => void,
): ReadableStream<Uint8Array> {
  let size = 0;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length;
      if (size <= maxBytes) return controller.enqueue(chunk);
      onExceeded();
      return controller.error(new Error('The body is too large.'));
    },
  });
  return body.pipeThrough(limit);
}
