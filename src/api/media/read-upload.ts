import { invalidField, WaypostError } from '../../error.ts';
import { type Upload, UPLOAD_FIELD } from '../../inbox/media/store-upload.ts';
import { readRequestAs } from '../../outbound/read-request.ts';
import { formDataOf } from '../quoted-names.ts';

/**
 * Largest request, in bytes: the largest document, or the largest video in base64, and what a form
 * puts around it. FormData holds the body and a copy of its parts in the 128 MB of the isolate.
 */
const MAX_REQUEST_BYTES = 22 * 1024 * 1024;

const BOUND = {
  maxBytes: MAX_REQUEST_BYTES,
  problem: `A request with a file may have ${MAX_REQUEST_BYTES / 1024 / 1024} MB.`,
};

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
  if (request.body === null) throw invalidField(UPLOAD_FIELD, 'No file was submitted.');
  return readRequestAs(request, BOUND, async (body) => {
    try {
      return await formDataOf(body);
    } catch (cause) {
      if (cause instanceof WaypostError) throw cause;
      const problem = 'Multipart form parse error - the body is not what its type says.';
      throw new WaypostError('invalid', problem, { cause });
    }
  });
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
