import { beforeAll, describe, expect, it } from 'vitest';
import { contentOf, rowOf } from '../../inbox/media/media.test-support.ts';
import { ask, HOST, PEOPLE, preparePeople } from './media.test-support.ts';

beforeAll(preparePeople);

const MEDIA = '/api/v1/media/';
const KB = 1024;
const MB = 1024 * KB;
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const WEBP = Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1');
const MP4 = Buffer.from('\0\0\0\x20ftypisom', 'latin1');

/** A file that begins with `head` and has `size` bytes. */
function fileOf(head: Uint8Array, size: number, name: string, type: string): File {
  const bytes = new Uint8Array(size);
  bytes.set(head.subarray(0, size));
  return new File([bytes], name, { type });
}

async function upload(value: File | string, field = 'file_encoded'): Promise<Response> {
  const form = new FormData();
  if (typeof value === 'string') form.set(field, value);
  else form.set(field, value);
  return ask('all', MEDIA, { method: 'POST', body: form });
}

/** Uploads what has to be taken; returns its id. */
async function idOf(value: File | string): Promise<string> {
  const response = await upload(value);
  expect(response.status).toBe(201);
  const { id } = await response.json<{ id: string }>();
  return id;
}

describe('POST /media/', () => {
  it('stores the file and says where it is', async () => {
    const response = await upload(new File([PNG, 'rest'], 'C:\\x\\img.png', { type: 'image/png' }));
    expect(response.status).toBe(201);
    const answer = await response.json<{ file: string; id: string }>();
    expect(answer).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      file: expect.stringContaining(`${HOST}/api/v1/media/${answer.id}/?expires=`),
    });
    expect(await rowOf(answer.id)).toMatchObject({
      state: 'stored',
      mime_type: 'image/png',
      filename: 'img.png',
      size: PNG.length + 4,
      user_id: PEOPLE.all,
      waba_id: null,
      next_at: null,
    });
    const served = await ask(undefined, answer.file);
    expect([...new Uint8Array(await served.arrayBuffer())]).toEqual([
      ...PNG,
      ...Buffer.from('rest'),
    ]);
  });

  it('works without the trailing slash', async () => {
    const form = new FormData();
    form.set('file_encoded', fileOf(PNG, 10, 'a.png', 'image/png'));
    const response = await ask('all', '/api/v1/media', { method: 'POST', body: form });
    expect(response.status).toBe(201);
    await response.arrayBuffer();
  });

  it('takes a text for base64, and a data URL for base64 with a type', async () => {
    const base64 = Buffer.from(PNG).toString('base64');
    const plain = await idOf(base64.replace(/.{4}/g, '$&\r\n'));
    expect(await rowOf(plain)).toMatchObject({ mime_type: 'image/png', size: 8, filename: null });
    const text = Buffer.from('zażółć').toString('base64url');
    const typed = await idOf(`data:text/plain;charset=utf-8;base64,${text}`);
    expect((await rowOf(typed)).mime_type).toBe('text/plain');
    expect(await contentOf(typed)).toBe('zażółć');
  });

  it('keeps the codec of a voice note', async () => {
    const ogg = Buffer.from('OggS\0\x02').toString('base64');
    const id = await idOf(`data:audio/ogg; codecs=opus;base64,${ogg}`);
    expect((await rowOf(id)).mime_type).toBe('audio/ogg; codecs=opus');
  });

  it.each(['text/html', 'image/svg+xml'])('serves %s back as bytes to save', async (type) => {
    const id = await idOf(new File(['<script>alert(1)</script>'], 'a.html', { type }));
    const served = await ask('all', `${MEDIA}${id}/`);
    expect(served.headers.get('content-type')).toBe('application/octet-stream');
    expect(served.headers.get('content-disposition')).toMatch(/^attachment; filename="a.html"/);
    await served.arrayBuffer();
  });
});

describe('an upload that is refused', () => {
  const NOT_A_FILE = 'The submitted data was not a file. Check the encoding type on the form.';

  it.each<[string, () => Promise<Response>, string]>([
    ['with no file', async () => upload('x', 'other'), 'No file was submitted.'],
    ['with an empty text', async () => upload(''), 'No file was submitted.'],
    [
      'with an empty file',
      async () => upload(new File([], 'a.png')),
      'The submitted file is empty.',
    ],
    ['with words', async () => upload('no base64!'), NOT_A_FILE],
    ['with a data URL of words', async () => upload('data:text/plain,hello'), NOT_A_FILE],
    ['with a cut data URL', async () => upload('data:image/png;base64'), NOT_A_FILE],
    [
      'with an empty data URL',
      async () => upload('data:image/png;base64,'),
      'The submitted file is empty.',
    ],
    [
      'with another content than it says',
      async () => upload(fileOf(MP4, 20, 'a.jpg', 'image/jpeg')),
      'The content of the file is not image/jpeg.',
    ],
    [
      'with another content than its data URL says',
      async () => upload(`data:audio/ogg;base64,${Buffer.from(PNG).toString('base64')}`),
      'The content of the file is not audio/ogg.',
    ],
  ])('comes %s', async (_, send, problem) => {
    const response = await send();
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ file_encoded: [problem], reason: problem });
  });

  it('is no form', async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await ask('all', MEDIA, { method: 'POST', headers, body: '{}' });
    expect(response.status).toBe(415);
    await response.arrayBuffer();
  });

  it('is no form inside', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const response = await ask('all', MEDIA, { method: 'POST', headers, body: 'hello' });
    expect(response.status).toBe(400);
    await response.arrayBuffer();
  });

  it('is nobody’s', async () => {
    const form = new FormData();
    form.set('file_encoded', fileOf(PNG, 10, 'a.png', 'image/png'));
    expect((await ask(undefined, MEDIA, { method: 'POST', body: form })).status).toBe(403);
  });
});

describe('an upload of a client that puts no names in quotes, as .NET', () => {
  it('is taken', async () => {
    const head = 'Content-Disposition: form-data; name=file_encoded; filename=a.txt';
    const body = `--x\r\nContent-Type: text/plain\r\n${head}\r\n\r\nhello\r\n--x--\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary="x"' };
    const response = await ask('all', MEDIA, { method: 'POST', headers, body });
    expect(response.status).toBe(201);
    await response.arrayBuffer();
  });
});

describe('an upload that is too large', () => {
  it.each([
    ['a picture', PNG, 'image/png', 5 * MB, '5 MB'],
    ['a sticker', WEBP, 'image/webp', 500 * KB, '500 KB'],
    ['a video', MP4, 'video/mp4', 16 * MB, '16 MB'],
    ['a sound', MP4, 'audio/mp4', 16 * MB, '16 MB'],
    ['a document', new Uint8Array(), 'application/zip', 20 * MB, '20 MB'],
  ])('is %s of one byte more than WhatsApp takes', async (_, head, type, size, words) => {
    await idOf(fileOf(head, size, 'a', type));
    const response = await upload(fileOf(head, size + 1, 'a', type));
    expect(response.status).toBe(413);
    const { detail, reason } = await response.json<{ detail: string; reason: string }>();
    expect(detail).toContain(words);
    expect(reason).toBe(detail);
  });

  it('says so itself: refused unread', async () => {
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls += 1;
        controller.enqueue(new Uint8Array(MB));
      },
    });
    const headers = {
      'content-type': 'multipart/form-data; boundary=x',
      'content-length': String(23 * MB),
    };
    const response = await ask('all', MEDIA, { method: 'POST', headers, body });
    expect(response.status).toBe(413);
    expect(pulls).toBeLessThanOrEqual(1);
    await response.arrayBuffer();
  });

  it('does not say so: cut off while it comes', async () => {
    let sent = 0;
    let isCancelled = false;
    const head = '--x\r\nContent-Disposition: form-data; name="file_encoded"; filename="a"\r\n\r\n';
    const long = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(head)),
      pull(controller) {
        sent += MB;
        if (sent > 40 * MB) controller.close();
        else controller.enqueue(new Uint8Array(MB));
      },
      cancel() {
        isCancelled = true;
      },
    });
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const response = await ask('all', MEDIA, { method: 'POST', headers, body: long });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      reason: 'A request with a file may have 22 MB.',
    });
    expect(sent).toBeLessThanOrEqual(25 * MB);
    expect(isCancelled).toBe(true);
  });
});
