/** What a browser may show itself; nothing of it can run as a page of ours. */
const SHOWN_TYPE =
  /^(?:image\/(?:jpeg|png|gif|webp|avif|heic)|audio\/[^;]+|video\/[^;]+|application\/pdf)(?:;|$)/;

/** What RFC 8187 lets stand in a `filename*` beside letters and digits, of what encodeURIComponent escapes not. */
const NOT_ATTR_CHARS = /['()*]/g;

/**
 * Returns a `Content-Disposition` (RFC 6266) for a file of this name and safe type: pictures, sound,
 * video and PDF are shown, all else is saved.
 */
export function contentDisposition(filename: string, mimeType: string): string {
  const disposition = SHOWN_TYPE.test(mimeType) ? 'inline' : 'attachment';
  const ascii = filename.replace(/[^ -~]|["\\%]/gu, '_');
  const encoded = encodeURIComponent(filename.toWellFormed()).replace(
    NOT_ATTR_CHARS,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${disposition}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
