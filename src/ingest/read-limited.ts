import { WaypostError } from '../error.ts';
import { largePieces } from './large-pieces.ts';

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
