import { WaypostError } from '../error.ts';

/**
 * Reads a body of at most `maxBytes`. Throws `too_large` as soon as more has come, without keeping or
 * awaiting the rest: the declared length is only the sender's word.
 */
export async function readLimited(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    const chunk: Uint8Array = part.value;
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function tooLarge(maxBytes: number): WaypostError {
  return new WaypostError('too_large', `The body is larger than ${maxBytes} bytes.`);
}
