import { decodeBody } from './decode-body.ts';
import { readBody } from './read-body.ts';

/**
 * The part of `fetch`'s options that hands a body over as it came. Decoded by the runtime, a body that is
 * not what its `Content-Encoding` says would be no body at all, and compressing proxies label empty and
 * plain ones so.
 */
export const AS_IT_CAME = { encodeResponseBody: 'manual' } as const;

/**
 * How the reading of a body ended: with its end, when more than was asked for had come, at the deadline of
 * its request, or because the connection broke.
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
 * the body. The signal that the request was made with ends it too, also one that hangs or trickles.
 */
export async function readAnswer(
  { body, headers }: Pick<Response, 'body' | 'headers'>,
  maxBytes: number,
): Promise<AnswerBody> {
  const { bytes, end, cause } = await readBody(body, maxBytes);
  const decoded = await decodeBody(bytes, headers.get('content-encoding'), maxBytes);
  if (end === 'broken')
    return { bytes: decoded.bytes, end: isTimeout(cause) ? 'timeout' : 'connection' };
  return { bytes: decoded.bytes, end: decoded.isCut ? 'bound' : end };
}

/** The text of an answer; undefined where it is longer than `maxBytes` or did not come to its end. */
export async function readAnswerText(
  response: Pick<Response, 'body' | 'headers'>,
  maxBytes: number,
): Promise<string | undefined> {
  const { bytes, end } = await readAnswer(response, maxBytes);
  return end === 'whole' ? new TextDecoder().decode(bytes) : undefined;
}

/** Frees the connection of an answer whose body nobody wants. Never throws. */
export async function dropBody({ body }: Pick<Response, 'body'>): Promise<void> {
  await body?.cancel().catch(() => undefined);
}

/** Whether an error of `fetch` or of a body is that of `AbortSignal.timeout`. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
