import type { User } from '../../auth/user.ts';
import { invalidField, notFound, WaypostError } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { accountClient } from '../../waba/account-client.ts';
import { answerOf } from '../../waba/answer-of.ts';
import { textOf } from '../../waba/json-record.ts';
import { HEAD_BYTES, typeOfContent } from '../media/magic-number.ts';
import { UPLOAD_FIELD } from '../media/store-upload.ts';
import { assertAdmin } from '../permissions.ts';
import { askForRefresh, beginAnew } from '../refreshing/refresh.ts';
import { findProfile, writeProfile } from './load-profile.ts';

/** WhatsApp takes a photo of at most 5 MB (Graph: Resumable Upload API, profile pictures). */
export const MAX_PHOTO_BYTES = 5 * 1024 * 1024;

/** Where the photo lies among the stack's files. */
export const PHOTO_KEY = 'profile/photo';

/** What WhatsApp tells of the profile may lag behind what it was told. */
const PROFILE_LAG_MS = 30_000;

const NOT_TAKEN = 'WhatsApp did not take the photo';

/** Returns our copy of the photo, which every customer sees, and its media type. Throws `not_found` without one. */
export async function retrievePhoto({
  db,
  files,
}: Pick<StackContext, 'db' | 'files'>): Promise<{ body: ReadableStream; mimeType: string }> {
  const row = await findProfile(db);
  const mimeType = row?.photo_type ?? undefined;
  if (mimeType === undefined) throw notFound();
  const object = await files.get(PHOTO_KEY);
  if (object === null || !('body' in object)) throw notFound();
  return { body: object.body, mimeType };
}

/**
 * Has WhatsApp show another photo, then keeps a copy. `now` is in milliseconds. Throws `forbidden`,
 * `invalid` for what is no JPEG or PNG, `too_large`, and as `answerOf` does.
 */
export async function updatePhoto(
  { db, files, config }: StackContext,
  user: User,
  content: Blob,
  now: number,
): Promise<void> {
  assertAdmin(user);
  const { bytes, mimeType } = await checkedPhoto(content);
  const client = accountClient(config);
  const begun = answerOf(await client.beginUpload({ size: bytes.byteLength, mimeType }), NOT_TAKEN);
  const uploadId = needed(textOf(begun['id']));
  const uploaded = answerOf(await client.finishUpload(uploadId, bytes), NOT_TAKEN);
  const handle = needed(textOf(uploaded['h']));
  answerOf(await client.updateProfile({ profile_picture_handle: handle }), NOT_TAKEN);
  await files.put(PHOTO_KEY, bytes);
  // WhatsApp has given it an address that we do not know, so the next refresh looks at it.
  await db.batch([
    writeProfile({ photo_type: mimeType, photo_url: null }),
    beginAnew('settings', now),
  ]);
}

/**
 * Has WhatsApp show no photo any more. WhatsApp documents no call for it; its profile forgets a field
 * that is set to an empty text. Where it keeps the photo all the same, the refresh soon after brings it
 * back here. Throws as `updatePhoto` does.
 */
export async function deletePhoto(
  { db, files, config }: StackContext,
  user: User,
  now: number,
): Promise<void> {
  assertAdmin(user);
  const result = await accountClient(config).updateProfile({ profile_picture_handle: '' });
  answerOf(result, 'WhatsApp did not remove the photo');
  await db.batch([
    writeProfile({ photo_type: null, photo_url: null }),
    beginAnew('settings', now),
    askForRefresh('settings', now + PROFILE_LAG_MS),
  ]);
  await files.delete([PHOTO_KEY]);
}

async function checkedPhoto(content: Blob): Promise<{ bytes: ArrayBuffer; mimeType: string }> {
  if (content.size === 0) throw invalidField(UPLOAD_FIELD, 'The submitted file is empty.');
  if (content.size > MAX_PHOTO_BYTES) {
    throw new WaypostError('too_large', 'A profile photo may have 5 MB at most.');
  }
  const bytes = await content.arrayBuffer();
  const mimeType = typeOfContent(new Uint8Array(bytes.slice(0, HEAD_BYTES)));
  if (isPhotoType(mimeType)) return { bytes, mimeType };
  const problem =
    'Upload a valid image. The file you uploaded was either not an image or a corrupted image.';
  throw invalidField(UPLOAD_FIELD, problem);
}

/** WABA said yes and left out what it was asked for. */
function needed(value: string | undefined): string {
  if (value !== undefined) return value;
  throw new WaypostError('unavailable', `${NOT_TAKEN}: an answer without an id.`);
}

/** What WhatsApp shows as a photo. */
export function isPhotoType(type: string | undefined): type is 'image/jpeg' | 'image/png' {
  return type === 'image/jpeg' || type === 'image/png';
}
