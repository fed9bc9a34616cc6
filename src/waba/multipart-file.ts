/** A file on its way to WABA. */
export interface OutgoingFile {
  body: ReadableStream;
  /** Bytes; R2 knows it. */
  size: number;
  mimeType: string;
  filename: string;
}

/**
 * A file as the `multipart/form-data` that WABA's POST /media takes, streamed: a document may have
 * 100 MB, which FormData would hold in the 128 MB that the whole isolate has.
 */
export function multipartFile(file: OutgoingFile): { body: ReadableStream; contentType: string } {
  const boundary = `waypost-${crypto.randomUUID()}`;
  const encoder = new TextEncoder();
  const head = encoder.encode(
    `--${boundary}\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n` +
      `--${boundary}\r\nContent-Disposition: form-data; name="type"\r\n\r\n${file.mimeType}\r\n` +
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted(file.filename)}"\r\n` +
      `Content-Type: ${file.mimeType}\r\n\r\n`,
  );
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`);
  const { readable, writable } = new FixedLengthStream(head.length + file.size + tail.length);
  // A failure reaches the reader of `readable`, which is the request.
  write(writable, head, file.body, tail).catch(() => undefined);
  return { body: readable, contentType: `multipart/form-data; boundary=${boundary}` };
}

async function write(
  writable: WritableStream,
  head: Uint8Array,
  body: ReadableStream,
  tail: Uint8Array,
): Promise<void> {
  const writer = writable.getWriter();
  await writer.write(head);
  writer.releaseLock();
  await body.pipeTo(writable, { preventClose: true });
  const last = writable.getWriter();
  await last.write(tail);
  await last.close();
}

/** As browsers write names into a header (WHATWG HTML, multipart/form-data encoding). */
function quoted(filename: string): string {
  return filename.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
