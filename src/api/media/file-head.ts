import { fileNameOf } from '../../inbox/media/file-name.ts';
import type { MediaRow } from '../../inbox/media/media-row.ts';
import { safeType } from '../../inbox/media/mime-type.ts';
import { byteRange, type ByteRange } from './byte-range.ts';
import { contentDisposition } from './content-disposition.ts';

/** How the answer to a request for a file begins. */
export interface FileHead {
  status: 200 | 206 | 304 | 416;
  headers: Record<string, string>;
  /** The part to send; undefined for the whole file. Nothing is sent with 304 and 416. */
  range: ByteRange | undefined;
}

/** For an hour a browser need not ask again; so long may it show a file to whom it was shown before. */
const CACHE_SECONDS = 3_600;

/** No compression on the way (`no-transform`): lengths, ranges and the entity tag are those of the file. */
const CACHE_CONTROL = `private, max-age=${CACHE_SECONDS}, no-transform`;

/**
 * Decides how to answer a request with these headers for a stored file. What lies under an id never
 * changes, so the id is the entity tag.
 */
export function fileHead(file: MediaRow, request: Headers): FileHead {
  const size = file.size ?? 0;
  const etag = `"${file.id}"`;
  const cache = {
    ETag: etag,
    'Cache-Control': CACHE_CONTROL,
    Vary: 'Authorization, D360-Api-Key',
  };
  if (isKnown(request.get('if-none-match'), etag)) {
    return { status: 304, headers: cache, range: undefined };
  }
  const ifRange = request.get('if-range');
  const wanted = ifRange === null || ifRange === etag ? request.get('range') : null;
  const range = byteRange(wanted, size);
  const headers = { ...cache, ...contentHeaders(file), 'Accept-Ranges': 'bytes' };
  if (range === 'unsatisfiable') {
    return {
      status: 416,
      headers: { ...cache, 'Content-Range': `bytes */${size}` },
      range: undefined,
    };
  }
  if (range === undefined) {
    return { status: 200, headers: { ...headers, 'Content-Length': String(size) }, range };
  }
  const last = range.offset + range.length - 1;
  const part = {
    'Content-Length': String(range.length),
    'Content-Range': `bytes ${range.offset}-${last}/${size}`,
  };
  return { status: 206, headers: { ...headers, ...part }, range };
}

/** Strangers made these files: whatever is in them, a browser must not run it as a page of ours. */
function contentHeaders(file: MediaRow): Record<string, string> {
  const type = safeType(file.mime_type);
  return {
    'Content-Type': type,
    'Content-Disposition': contentDisposition(fileNameOf(file), type),
    'X-Content-Type-Options': 'nosniff',
    // Chrome shows no PDF in a sandbox; its viewer runs none of a PDF's scripts as the page's own.
    ...(type === 'application/pdf' ? {} : { 'Content-Security-Policy': 'sandbox' }),
  };
}

/** `If-None-Match` (RFC 9110, 13.1.2): a list, compared weakly. */
function isKnown(header: string | null, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
