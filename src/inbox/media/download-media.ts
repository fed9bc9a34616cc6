import { createHash } from 'node:crypto';
import { decodedPieces, isCoded } from '../../outbound/decode-body.ts';
import { AS_IT_CAME, dropBody } from '../../outbound/read-answer.ts';
import { readBody } from '../../outbound/read-body.ts';
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
 * bytes. A body that is labelled as packed is unpacked, unless it is the file as it came. Throws
 * `FileTooLarge` above the limits, and an Error for whatever else goes wrong, an answer that is not the file
 * among it: nothing is stored then.
 */
export async function downloadMedia(
  files: Files,
  access: WabaAccess,
  download: Download,
  limits: DownloadLimits,
): Promise<number> {
  const response = await fetch(download.url, {
    headers: { ...upstreamOf(access).authorization, 'User-Agent': USER_AGENT },
    // Another host must not be shown the key.
    redirect: 'manual',
    // Over the body, too.
    signal: AbortSignal.timeout(limits.deadlineMs),
    ...AS_IT_CAME,
  });
  try {
    return await store(files, response, download, limits);
  } catch (error) {
    // Frees the connection; a body that is being read or broken is cancelled already.
    if (response.body?.locked === false) await dropBody(response);
    throw error;
  }
}

async function store(
  files: Files,
  response: Response,
  { size, mimeType, sha256, key }: Download,
  limits: DownloadLimits,
): Promise<number> {
  if (response.status !== 200)
    throw new Error(`The download was answered with ${response.status}.`);
  // A checksum says it all. R2 compares it, and stores nothing where it is another one.
  const isChecked = sha256 !== undefined;
  const served = response.headers.get('content-type');
  if (!isChecked && isWrongType(mimeType, served))
    throw new Error(`The download is ${served}, not ${mimeType}.`);
  const options = {
    httpMetadata: { contentType: mimeType },
    ...(isChecked ? { sha256 } : {}),
  };
  const sent = sentLength(response.headers);
  const label = response.headers.get('content-encoding');
  const body: AsyncIterable<Uint8Array> = response.body ?? new Blob([]).stream();
  const isFileAsSent = !isCoded(label) || (sent !== undefined && sent === size);
  const length = isFileAsSent ? (sent ?? size) : size;
  assertSize(length, size);
  if (length === undefined || (!isFileAsSent && length <= limits.maxUnsizedBytes)) {
    const came = await readAll(body, limits.maxUnsizedBytes);
    const bytes = await fileIn(came, label, { size, sha256 }, limits.maxUnsizedBytes);
    assertSize(bytes.length, size);
    if (!isChecked && isPage(mimeType, bytes))
      throw new Error(`The download is a page, not ${mimeType}.`);
    await files.put(key, bytes, options);
    return bytes.length;
  }
  if (length > limits.maxBytes) throw new FileTooLarge(`The file has ${length} bytes.`);
  const pieces = isFileAsSent ? body : decodedPieces(body, label);
  const content = isChecked ? pieces : withoutPage(pieces, mimeType);
  const { readable, writable } = new FixedLengthStream(length);
  await Promise.all([copy(content, writable), files.put(key, readable, options)]);
  return length;
}

/** The length of what is sent, packed or not; undefined where it is not told. */
function sentLength(headers: Headers): number | undefined {
  const length = headers.get('content-length') ?? '';
  return /^\d{1,12}$/.test(length) ? Number(length) : undefined;
}

/**
 * Which is the file: what came, or what its label makes of it? What came is where it is as WABA told, or
 * is not packed at all. Throws for a packed body that is damaged.
 */
async function fileIn(
  came: Uint8Array<ArrayBuffer>,
  label: string | null,
  told: Pick<Download, 'size' | 'sha256'>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!isCoded(label) || isAsTold(came, told)) return came;
  const { bytes, end, cause } = await readBody(decodedPieces([came], label), maxBytes);
  if (end === 'bound') throw tooLarge(maxBytes);
  if (end === 'whole') return bytes;
  if (bytes.length > 0 || endsEarly(cause)) throw new Error('The download is damaged.', { cause });
  return came;
}

/** Whether what was unpacked fits its label as far as it goes: zlib's word for that. */
function endsEarly(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR';
}

/** Whether something was told of a file, and all that was told fits. */
function isAsTold(bytes: Uint8Array, { size, sha256 }: Pick<Download, 'size' | 'sha256'>): boolean {
  if (sha256 !== undefined) return createHash('sha256').update(bytes).digest('hex') === sha256;
  return bytes.length === size;
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
  const { bytes, end, cause } = await readBody(body, maxBytes);
  if (end === 'bound') throw tooLarge(maxBytes);
  if (end === 'broken') throw cause;
  return bytes;
}

function tooLarge(maxBytes: number): FileTooLarge {
  return new FileTooLarge(`The file has more than ${maxBytes} bytes.`);
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
