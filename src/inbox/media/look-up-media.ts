import type { WabaResult } from '../../waba/answer-of.ts';
import type { WabaClient } from '../../waba/client.ts';
import { isRecord, textOf } from '../../waba/json-record.ts';
import { parseError } from '../../waba/parse-error.ts';
import { hexOfSha256 } from '../../waba/sha256-text.ts';

/** What `GET /{media-id}` came to. */
export type Lookup =
  | {
      kind: 'found';
      /** Good for five minutes. */
      url: string;
      mimeType: string | undefined;
      /** Bytes. */
      size: number | undefined;
      /** SHA-256, hex. */
      sha256: string | undefined;
    }
  /** WABA has no such file for this number. */
  | { kind: 'gone'; reason: string }
  | { kind: 'refused'; reason: string; retryAfterMs?: number | undefined }
  | { kind: 'unanswered'; reason: string };

/** No such object (100, 33), or WhatsApp itself could not get the customer's file (131052). */
const GONE_CODES: ReadonlySet<number> = new Set([33, 100, 131052]);
const GONE_STATUSES: ReadonlySet<number> = new Set([404, 410]);

/** Asks WABA where one of its files is. Never throws. */
export async function lookUpMedia(
  client: Pick<WabaClient, 'mediaInfo'>,
  wabaId: string,
): Promise<Lookup> {
  return readLookup(await client.mediaInfo(wabaId));
}

/** Reads the answer to `GET /{media-id}`. */
export function readLookup(result: WabaResult): Lookup {
  if (result.kind !== 'answered') return { kind: 'unanswered', reason: result.reason };
  const { status, body, retryAfterMs } = result;
  const url = isRecord(body) ? textOf(body['url']) : undefined;
  if (status === 200 && isRecord(body) && url !== undefined) {
    const { mime_type: mimeType, file_size: size, sha256 } = body;
    return {
      kind: 'found',
      url,
      mimeType: textOf(mimeType),
      size: sizeOf(size),
      sha256: hexOfSha256(sha256),
    };
  }
  const error = parseError(body);
  const reason = error?.message ?? `HTTP status ${status}`;
  // A bare 404 is not about the file: a wrong base URL has one for every path.
  const isGone =
    error !== undefined && (GONE_STATUSES.has(status) || GONE_CODES.has(error.code ?? Number.NaN));
  return isGone ? { kind: 'gone', reason } : { kind: 'refused', reason, retryAfterMs };
}

/** WABA writes the size as a text and as a number. */
function sizeOf(value: unknown): number | undefined {
  const text = textOf(value);
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}
