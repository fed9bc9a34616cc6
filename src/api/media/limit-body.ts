import { largePieces } from '../../ingest/large-pieces.ts';

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
  const pieces = largePieces(body);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done === true) return controller.close();
      size += value.length;
      if (size <= maxBytes) return controller.enqueue(value);
      onExceeded();
      await pieces.return(undefined);
      return controller.error(new Error('The body is too large.'));
    },
  });
}
