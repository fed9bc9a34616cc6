import { invalidField, WaypostError } from '../../error.ts';
import { type Upload, UPLOAD_FIELD } from '../../inbox/media/store-upload.ts';
import { largePieces } from '../../ingest/read-limited.ts';

/**
 * Largest request, in bytes: the largest document, or the largest video in base64, and what a form
 * puts around it. FormData holds the body and a copy of its parts in the 128 MB of the isolate.
 */
const MAX_REQUEST_BYTES = 22 * 1024 * 1024;

/** What cannot be in base64, the URL-safe alphabet and line breaks included. */
const NOT_BASE64 = /[^\w+/\-=\s]/;

/**
 * Reads the file of a multipart form: a part with a file, or a text in base64, a data URL maybe.
 * Throws `unsupported_media_type` for another kind of body, `too_large` as soon as too much has come,
 * and `invalid` where there is no file in it.
 */
export async function readUpload(request: Request): Promise<Upload> {
  const value = (await readForm(request)).get(UPLOAD_FIELD);
  if (value === null || value === '') throw invalidField(UPLOAD_FIELD, 'No file was submitted.');
  if (typeof value === 'string') return fromText(value);
  return { content: value, declaredType: value.type, filename: value.name };
}

async function readForm(request: Request): Promise<FormData> {
  const contentType = request.headers.get('content-type') ?? '';
  if (!/^\s*multipart\/form-data\s*;/i.test(contentType)) {
    const problem = `Unsupported media type "${contentType}" in request.`;
    throw new WaypostError('unsupported_media_type', problem);
  }
  if (Number(request.headers.get('content-length')) > MAX_REQUEST_BYTES) throw tooLarge();
  if (request.body === null) throw invalidField(UPLOAD_FIELD, 'No file was submitted.');
  let isTooLarge = false;
  const body = limitBody(request.body, MAX_REQUEST_BYTES, () => {
    isTooLarge = true;
  });
  try {
    return await new Response(body, { headers: { 'Content-Type': contentType } }).formData();
  } catch (cause) {
    if (isTooLarge) throw tooLarge();
    throw new WaypostError(
      'invalid',
      'Multipart form parse error - the body is not what its type says.',
      { cause },
    );
  }
}

function fromText(text: string): Upload {
  if (!text.startsWith('data:')) return fromBase64(text, '');
  const comma = text.indexOf(',');
  const [declaredType = '', ...parameters] = text.slice('data:'.length, comma).split(';');
  if (comma === -1 || parameters.at(-1)?.trim().toLowerCase() !== 'base64') throw notAFile();
  const codecs = parameters.slice(0, -1);
  return fromBase64(text.slice(comma + 1), [declaredType, ...codecs].join(';'));
}

function fromBase64(base64: string, declaredType: string): Upload {
  if (NOT_BASE64.test(base64)) throw notAFile();
  const content = new Blob([Buffer.from(base64, 'base64')]);
  return { content, declaredType, filename: undefined };
}

function notAFile(): WaypostError {
  const problem = 'The submitted data was not a file. Check the encoding type on the form.';
  return invalidField(UPLOAD_FIELD, problem);
}

function tooLarge(): WaypostError {
  return new WaypostError(
    'too_large',
    `A request with a file may have ${MAX_REQUEST_BYTES / 1024 / 1024} MB.`,
  );
}

/**
 * Passes a body on until it has had more than `maxBytes`: then `onExceeded` is called and the stream
 * fails, so that whoever reads it keeps no more, and the sender is not read any further.
 */
export function limitBody(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  onExceeded: () => void,
): ReadableStream<Uint8Array> {
  let size = 0;
  const pieces = largePieces(body);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done === true) return controller.close();
      size += value.length;
      if (size <= maxBytes) return controller.enqueue(value);
      onExceeded();
      await pieces.return(undefined);
      return controller.error(new Error('The body is too large.'));
    },
  });
}
