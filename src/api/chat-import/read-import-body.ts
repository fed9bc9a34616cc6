import { CSRF_FIELD } from '../../auth/csrf.ts';
import { invalidField, WaypostError } from '../../error.ts';
import { readRequestAs } from '../../outbound/read-request.ts';
import { shapeProblem } from '../body-as-json.ts';
import { formObject } from '../form-object.ts';
import { formDataOf } from '../quoted-names.ts';

/**
 * Largest request, in bytes. The body, what is parsed of it and the decoded files are in the 128 MB of
 * the isolate at once; files that do not fit come with another import of the same chat.
 */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

const BOUND = {
  maxBytes: MAX_REQUEST_BYTES,
  problem: `An import may have ${MAX_REQUEST_BYTES / 1024 / 1024} MB; more files can come with another one.`,
};

const FILES_FIELD = 'media_files';

/**
 * Reads the body of an import as the object that it would be as JSON, in which the files of a form are
 * `{filename, content}` with a Blob. Throws `unsupported_media_type` for another kind of body,
 * `too_large` as soon as too much has come, and `invalid` for what cannot be read.
 */
export async function readImportBody(request: Request): Promise<unknown> {
  const contentType = request.headers.get('content-type') ?? '';
  const kind = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (/^application\/(.+\+)?json$/.test(kind)) {
    return readJson(await readRequestAs(request, BOUND, (body) => body.text()));
  }
  if (kind === 'multipart/form-data' || kind === 'application/x-www-form-urlencoded') {
    return readForm(await readRequestAs(request, BOUND, formOf));
  }
  if (request.body === null) return {};
  throw new WaypostError(
    'unsupported_media_type',
    `Unsupported media type "${contentType}" in request.`,
  );
}

function readJson(text: string): unknown {
  try {
    const body: unknown = text === '' ? {} : JSON.parse(text);
    const unwalkable = shapeProblem(body);
    if (unwalkable !== undefined) throw new Error(unwalkable);
    return body;
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new WaypostError('invalid', `JSON parse error - ${problem}`, { cause });
  }
}

async function readForm(form: FormData): Promise<unknown> {
  const texts: [string, string][] = [];
  const files: { filename: string; content: Blob }[] = [];
  for (const [name, value] of form) {
    if (name === CSRF_FIELD) continue;
    if (typeof value === 'string') texts.push([name, value]);
    // The log comes out of WhatsApp as a file.
    else if (name === 'chat_text') texts.push([name, await value.text()]);
    else if (name.startsWith(FILES_FIELD)) files.push({ filename: value.name, content: value });
    else throw invalidField(name, 'Not a valid string.');
  }
  const fields = formObject(texts);
  const problem = shapeProblem(fields);
  if (problem !== undefined) throw new WaypostError('invalid', `Form parse error - ${problem}`);
  return files.length === 0 ? fields : { ...Object(fields), [FILES_FIELD]: files };
}

async function formOf(body: Response): Promise<FormData> {
  try {
    return await formDataOf(body);
  } catch (cause) {
    if (cause instanceof WaypostError) throw cause;
    const problem = 'Form parse error - the body is not what its type says.';
    throw new WaypostError('invalid', problem, { cause });
  }
}
