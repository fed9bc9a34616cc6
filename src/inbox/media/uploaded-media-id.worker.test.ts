import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { mediaKey } from './media-row.ts';
import {
  answerRequests,
  incomingFile,
  KEY,
  rowOf,
  stack,
  storedFile,
  WABA_URL,
} from './media.test-support.ts';
import { uploadedMediaId } from './uploaded-media-id.ts';

const T0 = Date.UTC(2026, 10, 1);
const DAY_MS = 24 * 60 * 60 * 1_000;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('handing a file to WABA', () => {
  it('uploads it with its type and name', async () => {
    const sent = answerRequests(() => Response.json({ id: '77' }));
    const id = await storedFile('the bytes', {
      mime_type: 'application/pdf',
      filename: 'Rechnung "é".pdf',
    });
    expect(await uploadedMediaId(stack, id, T0)).toBe('77');
    const [request] = sent;
    expect(request).toMatchObject({ method: 'POST', url: `${WABA_URL}/media`, redirect: 'manual' });
    expect(request?.headers.get('d360-api-key')).toBe(KEY);
    const headers = { 'content-type': request?.headers.get('content-type') ?? '' };
    const form = await new Response(request?.body, { headers }).formData();
    expect(form.get('messaging_product')).toBe('whatsapp');
    const file = form.get('file');
    if (!(file instanceof File)) throw new Error('The form has no file.');
    expect([file.type, await file.text()]).toEqual(['application/pdf', 'the bytes']);
    expect(file.name).toMatch(/^Rechnung .*\.pdf$/);
  });

  it('is done once in 29 days', async () => {
    let uploads = 0;
    answerRequests(() => Response.json({ id: `upload ${(uploads += 1)}` }));
    const id = await storedFile('x');
    expect(await uploadedMediaId(stack, id, T0)).toBe('upload 1');
    expect(await uploadedMediaId(stack, id, T0 + 29 * DAY_MS - 1)).toBe('upload 1');
    expect(await uploadedMediaId(stack, id, T0 + 29 * DAY_MS)).toBe('upload 2');
  });

  it('takes a 201 for a success, and a number for an id', async () => {
    answerRequests(() => Response.json({ id: 77 }, { status: 201 }));
    expect(await uploadedMediaId(stack, await storedFile('x'), T0)).toBe('77');
  });
});

describe('a file that cannot be handed to WABA', () => {
  it('is not found where there is none, where WABA never gave it, and where it is lost', async () => {
    const sent = answerRequests(() => Response.json({ id: '77' }));
    const failed = await incomingFile();
    await stack.db.run(sql`update media set state = 'failed' where id = ${failed}`);
    const lost = await storedFile('x');
    await stack.files.delete([mediaKey(lost)]);
    for (const id of [crypto.randomUUID(), 'no-uuid', failed, lost]) {
      await expect(uploadedMediaId(stack, id, T0)).rejects.toMatchObject({ code: 'not_found' });
    }
    expect(sent).toEqual([]);
  });

  it('may be there later where it is still being fetched', async () => {
    const pending = uploadedMediaId(stack, await incomingFile(), T0);
    await expect(pending).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is invalid, unasked, where WABA takes no such type', async () => {
    const sent = answerRequests(() => Response.json({ id: '77' }));
    const id = await storedFile('x', { mime_type: 'application/zip' });
    await expect(uploadedMediaId(stack, id, T0)).rejects.toMatchObject({ code: 'invalid' });
    expect(sent).toEqual([]);
  });

  it.each([
    [
      'is refused for what it is',
      400,
      { error: { code: 100, message: '(#100) Bad file' } },
      'invalid',
    ],
    ['is refused without a code', 413, undefined, 'invalid'],
    ['comes too fast', 400, { error: { code: 130429, message: '(#130429) Rate' } }, 'unavailable'],
    ['meets a failing media server', 400, { error: { code: 131053, message: 'x' } }, 'unavailable'],
    ['meets an outage', 502, undefined, 'unavailable'],
    ['meets a full house', 429, undefined, 'unavailable'],
    ['comes with a key that is not valid now', 401, { error: 'Invalid api_key' }, 'unavailable'],
    ['is answered with a redirect', 302, undefined, 'unavailable'],
    ['is answered without an id', 200, {}, 'unavailable'],
  ])('because it %s says whether it may work later', async (_, status, body, code) => {
    answerRequests(() =>
      body === undefined ? new Response(null, { status }) : Response.json(body, { status }),
    );
    const id = await storedFile('x');
    await expect(uploadedMediaId(stack, id, T0)).rejects.toMatchObject({ code });
    expect((await rowOf(id)).upload_id).toBeNull();
  });

  it('may be handed over later where the network fails', async () => {
    answerRequests(() => new Error('Network connection lost.'));
    const attempt = uploadedMediaId(stack, await storedFile('x'), T0);
    await expect(attempt).rejects.toMatchObject({ code: 'unavailable' });
  });
});
