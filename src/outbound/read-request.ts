import { WaypostError } from '../error.ts';
import { largePieces, readBody } from './read-body.ts';

/** How large a request may be that brings files, and what is said of a larger one. */
export interface RequestBound {
  maxBytes: number;
  problem: string;
}

/**
 * Reads a request's body of at most `maxBytes`. Throws `too_large` as soon as more has come, without keeping
 * or awaiting the rest. Throws `invalid` for a body that breaks off, or whose chunks are none.
 */
export async function readRequest(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (declaredBytes(request) > maxBytes) throw tooLarge(maxBytes);
  const pieces = request.body === null ? null : largePieces(request.body);
  const { bytes, end } = await readBody(pieces, maxBytes);
  if (end === 'bound') throw tooLarge(maxBytes);
  if (end === 'broken') throw brokenOff();
  return bytes;
}

/**
 * Has `read` take a request's body, with its type, as it comes: what brings files is not held twice. Throws
 * as `readRequest` does, and what `read` throws.
 */
export async function readRequestAs<Read>(
  request: Request,
  { maxBytes, problem }: RequestBound,
  read: (body: Response) => Promise<Read>,
): Promise<Read> {
  if (declaredBytes(request) > maxBytes) throw new WaypostError('too_large', problem);
  let isTooLarge = false;
  const body =
    request.body &&
    bounded(request.body, maxBytes, () => {
      isTooLarge = true;
    });
  const headers = { 'Content-Type': request.headers.get('content-type') ?? '' };
  try {
    return await read(new Response(body ?? '', { headers }));
  } catch (error) {
    if (isTooLarge) throw new WaypostError('too_large', problem);
    throw error instanceof WaypostError ? error : brokenOff();
  }
}

/**
 * Passes a body on until it has had more than `maxBytes`: then `onExceeded` is called and the stream
 * fails, so that whoever reads it keeps no more, and the sender is not read any further.
 */
function bounded(
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

/** What the sender says; 0 where it does not. */
function declaredBytes(request: Request): number {
  return Number(request.headers.get('content-length'));
}

function tooLarge(maxBytes: number): WaypostError {
  const kilobytes = maxBytes / 1024;
  const most = kilobytes < 1024 ? `${kilobytes} kB` : `${kilobytes / 1024} MB`;
  return new WaypostError('too_large', `The request body may have ${most} at most.`);
}

function brokenOff(): WaypostError {
  return new WaypostError('invalid', 'The body could not be read to its end.');
}
