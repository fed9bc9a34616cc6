const KB = 1024;
const MB = 1024 * KB;

/** Largest upload of any kind, in bytes: documents, and so the whole of WhatsApp's media. */
export const MAX_MEDIA_BYTES = 100 * MB;

type Kind = { types: readonly string[]; maxBytes: number };

/** What may be uploaded and how large, by kind (360dialog, "Upload, retrieve or delete media"). */
const KINDS: readonly Kind[] = [
  { types: ['image/jpeg', 'image/png'], maxBytes: 5 * MB },
  {
    types: ['audio/aac', 'audio/mp4', 'audio/mpeg', 'audio/amr', 'audio/ogg', 'audio/opus'],
    maxBytes: 16 * MB,
  },
  { types: ['video/mp4', 'video/3gp', 'video/3gpp'], maxBytes: 16 * MB },
  {
    types: [
      'text/plain',
      'application/pdf',
      'application/msword',
      'application/vnd.ms-excel',
      'application/vnd.ms-powerpoint',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    ],
    maxBytes: MAX_MEDIA_BYTES,
  },
];

const MAX_STATIC_STICKER_BYTES = 100 * KB;
const MAX_ANIMATED_STICKER_BYTES = 500 * KB;

/** Why an upload of this MIME type and these bytes is refused; undefined when it is fine. */
export function mediaFault(mimeType: string, bytes: Uint8Array): string | undefined {
  const type = baseType(mimeType);
  const limit = maxBytes(type, bytes);
  if (limit === undefined) return `Param file must be of a supported type, ${type} is not`;
  if (bytes.length === 0) return 'Param file is empty';
  if (bytes.length > limit) return `Param file is too large: ${type} may have ${limit} bytes`;
  return undefined;
}

/** A MIME type without its parameters, in lower case. */
export function baseType(mimeType: string): string {
  return (mimeType.split(';')[0] ?? '').trim().toLowerCase();
}

function maxBytes(type: string, bytes: Uint8Array): number | undefined {
  if (type === 'image/webp') {
    return isAnimatedWebp(bytes) ? MAX_ANIMATED_STICKER_BYTES : MAX_STATIC_STICKER_BYTES;
  }
  return KINDS.find((kind) => kind.types.includes(type))?.maxBytes;
}

/** WebP says that it moves in the second bit of the flags of its `VP8X` chunk. */
function isAnimatedWebp(bytes: Uint8Array): boolean {
  const chunk = Buffer.from(bytes.subarray(12, 16)).toString('latin1');
  return chunk === 'VP8X' && ((bytes[20] ?? 0) & 0x02) !== 0;
}
