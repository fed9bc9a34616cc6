/** WhatsApp takes a photo of at most 5 MB (Graph: Resumable Upload API, profile pictures). */
export const MAX_PHOTO_BYTES = 5 * 1024 * 1024;

/** Where the photo lies among the stack's files. */
export const PHOTO_KEY = 'profile/photo';

/** What WhatsApp shows as a photo. */
export function isPhotoType(type: string | undefined): type is 'image/jpeg' | 'image/png' {
  return type === 'image/jpeg' || type === 'image/png';
}
