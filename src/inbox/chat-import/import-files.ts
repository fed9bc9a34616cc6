import { invalidField } from '../../error.ts';
import type { Files } from '../../store/files.ts';
import { cleanFileName, typeOfName } from '../media/file-name.ts';
import { HEAD_BYTES } from '../media/magic-number.ts';
import { mediaKey } from '../media/media-row.ts';
import { uploadType } from '../media/upload-type.ts';

/** A file that comes with an exported chat. */
export interface ImportFile {
  /** As the chat names it. */
  filename: string;
  content: Blob;
}

/** One that was looked at, and the row that it will have. */
export interface CheckedFile extends ImportFile {
  id: string;
  mimeType: string;
}

const FIELD = 'media_files';

/** An invocation has six connections; two are left for all else. */
const FILES_AT_ONCE = 4;

/**
 * Looks at files; returns them by name, without folders. Throws `invalid` for an empty one and for one
 * whose content is not what its name says.
 */
export async function checkFiles(files: readonly ImportFile[]): Promise<Map<string, CheckedFile>> {
  const checked = new Map<string, CheckedFile>();
  for (const { filename: given, content } of files) {
    const filename = cleanFileName(given) ?? '';
    if (content.size === 0) throw invalidField(FIELD, `The file ${filename} is empty.`);
    const head = new Uint8Array(await content.slice(0, HEAD_BYTES).arrayBuffer());
    const mimeType = uploadType({ declaredType: typeOfName(filename) ?? '', filename }, head);
    if (mimeType === undefined) {
      throw invalidField(FIELD, `The content of ${filename} is not what its name says.`);
    }
    checked.set(filename, { filename, content, id: crypto.randomUUID(), mimeType });
  }
  return checked;
}

/** Stores the bytes. */
export async function storeFiles(files: Files, checked: readonly CheckedFile[]): Promise<void> {
  for (let start = 0; start < checked.length; start += FILES_AT_ONCE) {
    const some = checked.slice(start, start + FILES_AT_ONCE);
    await Promise.all(some.map((file) => storeFile(files, file)));
  }
}

async function storeFile(files: Files, { id, content, mimeType }: CheckedFile): Promise<void> {
  const options = { httpMetadata: { contentType: mimeType } };
  await files.put(mediaKey(id), content.stream(), options);
}

/** Removes the bytes again, where the rows were not written. */
export async function forgetFiles(files: Files, checked: readonly CheckedFile[]): Promise<void> {
  if (checked.length > 0) await files.delete(checked.map(({ id }) => mediaKey(id)));
}
