/** What is read of an answer; the rest is cut off, however long it is. */
const MAX_ANSWER_BYTES = 16 * 1024;

/** What came back of an attempt. */
export interface AttemptAnswer {
  headers: Headers;
  /** At most 16 KiB. */
  body: Uint8Array;
}

/**
 * Reads at most 16 KiB of an answer's body and lets go of the rest, which frees the connection. Throws
 * when the body breaks off or `deadline` passes first; a body that trickles must not outlive it.
 */
export async function readAnswer(
  { body }: Pick<Response, 'body'>,
  deadline: AbortSignal,
): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  const letGo = (): void => void reader.cancel().catch(() => undefined);
  deadline.addEventListener('abort', letGo, { once: true });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < MAX_ANSWER_BYTES) {
      const { done, value } = await reader.read();
      deadline.throwIfAborted();
      if (done) break;
      chunks.push(value);
      size += value.length;
    }
  } finally {
    deadline.removeEventListener('abort', letGo);
    letGo();
  }
  return join(chunks, Math.min(size, MAX_ANSWER_BYTES));
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk.subarray(0, size - offset), offset);
    offset += chunk.length;
    if (offset >= size) break;
  }
  return bytes;
}
