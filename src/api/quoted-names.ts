import { MAX_FIELDS, tooManyFields } from './form-object.ts';

/** A boundary has 70 characters at most (RFC 2046, 5.1.1). */
const BOUNDARY = /;\s*boundary=(?:"([^"]{1,70})"|([^";,\s]{1,70}))\s*(?:;|$)/i;

/** Far more than a field's name, a file's and their types take. */
const MAX_HEAD_BYTES = 16 * 1024;

const HEAD_END = '\r\n\r\n';

const DISPOSITION = /^content-disposition:[^\r\n]*/gim;

/** What stands in quotes is passed over, to the end where nothing ends it. */
const BARE_NAME = /"(?:\\.|[^"\\])*(?:"|$)|(;\s*(?:file)?name=)([^\s";][^";]*)/gi;

/** The boundary that a `Content-Type` names; undefined where it names none. */
export function boundaryOf(contentType: string): string | undefined {
  const [, quoted, bare] = BOUNDARY.exec(contentType) ?? [];
  return quoted ?? bare;
}

/**
 * Reads a form, a multipart one as its client quotes it. Throws what the runtime does where it is none, and
 * `invalid` for one of too many fields.
 */
export async function formDataOf({ body, headers }: Response): Promise<FormData> {
  const quoted = body && quotedNames(body, headers.get('content-type') ?? '');
  return new Response(quoted, { headers }).formData();
}

/**
 * Passes on a multipart body, with the names of fields and files in quotes where a client leaves those out, as
 * RFC 2183 lets it and .NET does: the runtime's own parser reads quoted ones only. Other bodies are passed on
 * as they are. Breaks off with `invalid` where there are too many fields.
 */
export function quotedNames(
  body: ReadableStream<Uint8Array>,
  contentType: string,
): ReadableStream<Uint8Array> {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return body;
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  let rest = Buffer.alloc(0);
  // A body begins with a delimiter, and the first head follows.
  let isHead = true;
  let parts = 0;
  const quoting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const mark = isHead ? HEAD_END : delimiter;
        const end = rest.indexOf(mark);
        if (end === -1) break;
        if (isHead) parts += 1;
        if (parts > MAX_FIELDS) throw tooManyFields();
        const piece = rest.subarray(0, end + mark.length);
        controller.enqueue(isHead ? withQuotes(piece) : piece);
        rest = rest.subarray(piece.length);
        isHead = !isHead;
      }
      if (rest.length > MAX_HEAD_BYTES) isHead = false;
      // What may be the beginning of a mark waits for the rest of it.
      const kept = isHead ? rest.length : Math.min(rest.length, delimiter.length - 1);
      if (rest.length === kept) return;
      controller.enqueue(rest.subarray(0, rest.length - kept));
      rest = rest.subarray(rest.length - kept);
    },
    flush(controller) {
      if (rest.length > 0) controller.enqueue(rest);
    },
  });
  return body.pipeThrough(quoting);
}

function withQuotes(head: Buffer): Buffer {
  const text = head.toString('latin1');
  const quoted = text.replace(DISPOSITION, (line) =>
    line.replace(BARE_NAME, (all: string, start?: string, name = '') =>
      start === undefined ? all : `${start}"${name.trimEnd()}"`,
    ),
  );
  return quoted === text ? head : Buffer.from(quoted, 'latin1');
}
