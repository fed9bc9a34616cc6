import { decodeBody } from './decode-body.ts';

/**
 * The part of `fetch`'s options that hands a body over as it came. Decoded by the runtime, a body that is
 * not what its `Content-Encoding` says would be no body at all, and compressing proxies label empty and
 * plain ones so.
 */
export const AS_IT_CAME = { encodeResponseBody: 'manual' } as const;

/**
 * How the reading of a body ended: with its end, when as many bytes as were asked for had come, at the
 * deadline, or because the connection broke.
 */
export type BodyEnd = 'whole' | 'bound' | 'timeout' | 'connection';

/** A body as far as it came. */
export interface AnswerBody {
  /** Decoded where its label is right, else as it came. At most as many as were asked for. */
  bytes: Uint8Array;
  end: BodyEnd;
}

/**
 * Reads at most `maxBytes` of the body of an answer that was fetched `AS_IT_CAME`, and lets go of the
 * rest, which frees the connection. Never throws: status and headers say something whatever becomes of
 * the body. Nothing outlives `deadline`, also a body that trickles.
 */
export async function readAnswer(
  { body, headers }: Pick<Response, 'body' | 'headers'>,
  maxBytes: number,
  deadline: AbortSignal,
): Promise<AnswerBody> {
  const { bytes, end } = await readBytes(body, maxBytes, deadline);
  const decoded = await decodeBody(bytes, headers.get('content-encoding'), maxBytes);
  return { bytes: decoded.bytes, end: decoded.isCut && end === 'whole' ? 'bound' : end };
}

/** The text of an answer; undefined where it is longer than `maxBytes` or did not come to its end. */
export async function readAnswerText(
  response: Pick<Response, 'body' | 'headers'>,
  maxBytes: number,
  deadline: AbortSignal,
): Promise<string | undefined> {
  const { bytes, end } = await readAnswer(response, maxBytes + 1, deadline);
  return end === 'whole' ? new TextDecoder().decode(bytes) : undefined;
}

/** Frees the connection of an answer whose body nobody wants. Never throws. */
export async function dropBody({ body }: Pick<Response, 'body'>): Promise<void> {
  await body?.cancel().catch(() => undefined);
}

async function readBytes(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  deadline: AbortSignal,
): Promise<AnswerBody> {
  if (body === null) return { bytes: new Uint8Array(), end: 'whole' };
  const reader = body.getReader();
  const letGo = (): void => void reader.cancel().catch(() => undefined);
  // Ends a read that is under way.
  deadline.addEventListener('abort', letGo, { once: true });
  const chunks: Uint8Array[] = [];
  let size = 0;
  let end: BodyEnd = 'bound';
  try {
    while (size < maxBytes) {
      const { done, value } = await reader.read();
      if (done || deadline.aborted) {
        end = deadline.aborted ? 'timeout' : 'whole';
        break;
      }
      chunks.push(value);
      size += value.length;
    }
  } catch {
    end = deadline.aborted ? 'timeout' : 'connection';
  } finally {
    deadline.removeEventListener('abort', letGo);
    letGo();
  }
  return { bytes: joined(chunks, Math.min(size, maxBytes)), end };
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk.subarray(0, size - offset), offset);
    offset += chunk.length;
    if (offset >= size) break;
  }
  return bytes;
}
