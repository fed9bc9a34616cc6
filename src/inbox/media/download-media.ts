import { USER_AGENT } from '../../outbound/user-agent.ts';
import type { Files } from '../../store/files.ts';
import type { WabaAccess } from '../../waba/upstream/upstream.ts';
import { upstreamOf } from '../../waba/upstream/upstream-of.ts';
import { isPage, isWrongType } from './wrong-content.ts';

/** How long and how large a download may be. */
export interface DownloadLimits {
  /** Over headers and body together. */
  deadlineMs: number;
  maxBytes: number;
  /** The same for a file of unknown length, which has to be held in memory: R2 wants the length first. */
  maxUnsizedBytes: number;
}

export const DOWNLOAD_LIMITS: DownloadLimits = {
  deadlineMs: 60_000,
  // What the Cloud API itself takes at most (360dialog: Upload, retrieve or delete media).
  maxBytes: 100 * 1024 * 1024,
  // A small part of the isolate's 128 MB, which several downloads share.
  maxUnsizedBytes: 8 * 1024 * 1024,
};

export interface Download {
  /** Where from; our key goes there. See `Upstream.downloadUrl`. */
  url: string;
  /** Bytes, as WABA told; undefined where it did not. */
  size: number | undefined;
  mimeType: string;
  /** SHA-256, hex; undefined where nobody told it. */
  sha256: string | undefined;
  /** Where to. */
  key: string;
}

/** Thrown for a file that is too large, however often it is tried. */
export class FileTooLarge extends Error {
  override readonly name = 'FileTooLarge';
}

/**
 * Copies a file from WABA to the stack's files without holding it in memory; returns its size in
 * bytes. Throws `FileTooLarge` above the limits, and an Error for whatever else goes wrong, an answer
 * that is not the file among it: nothing is stored then.
 */
export async function downloadMedia(
  files: Files,
  access: WabaAccess,
  { url, size, mimeType, sha256, key }: Download,
  limits: DownloadLimits,
): Promise<number> {
  const signal = AbortSignal.timeout(limits.deadlineMs);
  const response = await fetch(url, {
    headers: { ...upstreamOf(access).authorization, 'User-Agent': USER_AGENT },
    // Another host must not be shown the key.
    redirect: 'manual',
    signal,
  });
  try {
    if (response.status !== 200)
      throw new Error(`The download was answered with ${response.status}.`);
    const length = lengthOf(response.headers) ?? size;
    assertSize(length, size);
    // A checksum says it all. R2 compares it, and stores nothing where it is another one.
    const isChecked = sha256 !== undefined;
    const served = response.headers.get('content-type');
    if (!isChecked && isWrongType(mimeType, served))
      throw new Error(`The download is ${served}, not ${mimeType}.`);
    const options = {
      httpMetadata: { contentType: mimeType },
      ...(isChecked ? { sha256 } : {}),
    };
    const body = response.body ?? new Blob([]).stream();
    const chunks = untilAborted(body, signal);
    const content = isChecked ? chunks : withoutPage(chunks, mimeType);
    if (length === undefined) {
      const bytes = await readAll(content, limits.maxUnsizedBytes);
      assertSize(bytes.length, undefined);
      await files.put(key, bytes, options);
      return bytes.length;
    }
    if (length > limits.maxBytes) throw new FileTooLarge(`The file has ${length} bytes.`);
    const { readable, writable } = new FixedLengthStream(length);
    await Promise.all([copy(content, writable), files.put(key, readable, options)]);
    return length;
  } catch (error) {
    // Frees the connection; a body that is being read or broken is cancelled already.
    if (response.body?.locked === false) await response.body.cancel().catch(() => undefined);
    throw error;
  }
}

/** The length of what we will read: undefined where it is not told, or told of a packed form. */
function lengthOf(headers: Headers): number | undefined {
  const length = headers.get('content-length');
  if (length === null || headers.has('content-encoding')) return undefined;
  return /^\d{1,12}$/.test(length) ? Number(length) : undefined;
}

/** Throws where there is nothing, or another number of bytes than WABA `told`. */
function assertSize(length: number | undefined, told: number | undefined): void {
  if (length === 0) throw new Error('The download is empty.');
  if (length === undefined || told === undefined || length === told) return;
  throw new Error(`The download has ${length} bytes, and WABA told of ${told}.`);
}

/** Passes a body on; throws where it begins as a page of an error that came with status 200. */
async function* withoutPage(
  chunks: AsyncIterable<Uint8Array>,
  mimeType: string,
): AsyncGenerator<Uint8Array, void> {
  let isBegun = false;
  for await (const chunk of chunks) {
    if (!isBegun && chunk.length > 0) {
      isBegun = true;
      if (isPage(mimeType, chunk)) throw new Error(`The download is a page, not ${mimeType}.`);
    }
    yield chunk;
  }
}

async function readAll(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new FileTooLarge(`The file has more than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

async function copy(
  body: AsyncIterable<Uint8Array>,
  writable: WritableStream<Uint8Array>,
): Promise<void> {
  const writer = writable.getWriter();
  try {
    for await (const chunk of body) await writer.write(chunk);
    await writer.close();
  } catch (error) {
    // The reader of the other end learns that this is not the whole file.
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
}

/**
 * Yields what is read from a body; throws when `signal` is aborted, also while nothing comes: workerd's
 * `pipeTo` looks at its signal only between two chunks.
 */
async function* untilAborted(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  function stop(): void {
    // Ends a read that is under way.
    reader.cancel(signal.reason).catch(() => undefined);
  }
  signal.addEventListener('abort', stop);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    // Frees the connection where the rest is not wanted.
    stop();
  }
}
