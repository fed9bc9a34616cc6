/** A part of a file, as R2 takes it. */
export interface ByteRange {
  offset: number;
  length: number;
}

/** One range: `bytes=0-99`, `bytes=100-` or `bytes=-100`. */
const SINGLE_RANGE = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i;

/**
 * Reads a `Range` header for a file of `size` bytes (RFC 9110, 14.2). Undefined where the whole file is
 * to be sent: there is no header, it is not understood, or it names several ranges, which nobody has
 * to answer with parts.
 */
export function byteRange(
  header: string | null,
  size: number,
): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = SINGLE_RANGE.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < offset) return undefined;
  return offset >= size ? 'unsatisfiable' : { offset, length: end - offset + 1 };
}
