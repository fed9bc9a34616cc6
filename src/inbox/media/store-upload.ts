import type { User } from '../../auth/user.ts';
import { invalidField, WaypostError } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { media } from '../../store/schema.ts';
import { cleanFileName } from './file-name.ts';
import { HEAD_BYTES } from './magic-number.ts';
import { kindOf, maxUploadBytes } from './media-kinds.ts';
import { mediaKey } from './media-row.ts';
import { type UploadClaim, uploadType } from './upload-type.ts';

/** A file that a user brings. */
export interface Upload extends UploadClaim {
  content: Blob;
}

/** What a request calls the file. */
export const UPLOAD_FIELD = 'file_encoded';

const KB = 1024;

/**
 * Stores an upload; returns its id. Throws `invalid` where it is empty or not of the type it says, and
 * `too_large` above what WhatsApp takes of its kind (see `maxUploadBytes`).
 */
export async function storeUpload(
  { db, files }: StackContext,
  user: User,
  upload: Upload,
  now: number,
): Promise<string> {
  const { content, filename, declaredType } = upload;
  const mimeType = await checkedType(upload);
  if (mimeType === undefined) {
    throw invalidField(UPLOAD_FIELD, `The content of the file is not ${declaredType}.`);
  }
  const id = crypto.randomUUID();
  const options = { httpMetadata: { contentType: mimeType } };
  await files.put(mediaKey(id), content.stream(), options);
  const name = cleanFileName(filename ?? '') ?? null;
  await db.run(
    query.insert(media).values({
      id,
      state: 'stored',
      mime_type: mimeType,
      filename: name,
      size: content.size,
      user_id: user.id,
      created_at: now,
    }),
  );
  return id;
}

async function checkedType(upload: Upload): Promise<string | undefined> {
  const { size } = upload.content;
  if (size === 0) throw invalidField(UPLOAD_FIELD, 'The submitted file is empty.');
  const head = new Uint8Array(await upload.content.slice(0, HEAD_BYTES).arrayBuffer());
  const mimeType = uploadType(upload, head);
  if (mimeType === undefined) return undefined;
  const maxBytes = maxUploadBytes(mimeType);
  if (size <= maxBytes) return mimeType;
  throw new WaypostError(
    'too_large',
    `A file to send as ${kindOf(mimeType)} may have ${inWords(maxBytes)}.`,
  );
}

function inWords(bytes: number): string {
  return bytes < KB * KB ? `${bytes / KB} KB` : `${bytes / KB / KB} MB`;
}
