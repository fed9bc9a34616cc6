import { describe, expect, it } from 'vitest';
import { quotedNames } from './quoted-names.ts';

const TYPE = 'multipart/form-data; boundary="b"';

/** What comes of a body that comes in pieces of so many bytes. */
function read(body: string, size: number, type = TYPE): Promise<string> {
  const bytes = Buffer.from(body);
  let at = 0;
  const pieces = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + size));
      at += size;
    },
  });
  return new Response(quotedNames(pieces, type)).text();
}

const parts = (first: string, second: string, content: string): string =>
  `--b\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; ${first}\r\n\r\n${content}` +
  `\r\n--b\r\ncontent-disposition:form-data;${second}\r\n\r\n1\r\n--b--\r\n`;

/** Looks like a head, and is none. */
const CONTENT = 'Content-Disposition: form-data; name=a\r\n\r\n--b name=b';

describe('a multipart body', () => {
  it.each([1, 7, 1_000])('has its names in quotes, in pieces of %d bytes', async (size) => {
    const bare = parts("name=a; filename=b.txt; filename*=utf-8''b.txt", 'name=c ', CONTENT);
    const quoted = parts(
      'name="a"; filename="b.txt"; filename*=utf-8\'\'b.txt',
      'name="c"',
      CONTENT,
    );
    expect(await read(bare, size)).toBe(quoted);
  });

  it.each([
    parts('name="a;name=b"; filename="x=y.txt"', 'name=""', CONTENT),
    parts('name=', `x="${'y'.repeat(20_000)}"; name=a`, CONTENT),
    '--b\nContent-Disposition: form-data; name=a\n\n1\n--b--\n',
    'no part at all',
    '',
  ])('stays as it is where there is nothing to put in quotes: %j', async (body) => {
    expect(await read(body, 100)).toBe(body);
  });

  it('has a thousand fields at most', async () => {
    const part = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n';
    const most = `${part.repeat(1_000)}--b--`;
    expect(await read(most, 100)).toBe(most);
    await expect(read(part + most, 100)).rejects.toThrow('A form may have 1000 fields at most.');
  });

  it('is what its type says', async () => {
    const body = parts('name=a', 'name=b', CONTENT);
    expect(await read(body, 100, 'application/json')).toBe(body);
  });
});
