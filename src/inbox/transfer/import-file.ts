import type { User } from '../../auth/user.ts';
import { notFound, WaypostError } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { findMedia, mediaKey } from '../media/media-row.ts';
import { assertSeesAll } from './export-rows.ts';
import { assertImporting } from './import-rows.ts';

/**
 * Takes the bytes of a file whose row was imported. `length` is what the request says of itself. Throws as
 * `importRows` does, `not_found` without a row, and `invalid` where the row tells of another size.
 */
export async function importFile(
  { db, files }: Pick<StackContext, 'db' | 'files'>,
  user: User,
  id: string,
  { body, length }: { body: ReadableStream | null; length: number },
): Promise<void> {
  assertSeesAll(user);
  await assertImporting(db);
  const file = await findMedia(db, id);
  if (file === undefined) throw notFound();
  if (body === null || !Number.isSafeInteger(length) || length !== file.size) {
    throw new WaypostError(
      'invalid',
      `The file has ${file.size ?? 0} bytes, and the request another length.`,
    );
  }
  const { readable, writable } = new FixedLengthStream(length);
  const options = { httpMetadata: { contentType: file.mime_type } };
  await Promise.all([body.pipeTo(writable), files.put(mediaKey(id), readable, options)]);
}
