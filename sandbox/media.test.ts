import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { mediaFault } from './media-types.ts';
import { codeOf, setUp, wabaHeaders, type Setup } from './set-up.test-support.ts';

const PIXELS = Buffer.from('not really a picture');

async function upload({ sandbox }: Setup, form: FormData): Promise<Response> {
  const { 'D360-API-KEY': key = '' } = wabaHeaders();
  const headers = { 'D360-API-KEY': key };
  return fetch(`${sandbox.url}/media`, { method: 'POST', headers, body: form });
}

function pictureForm(type = 'image/png'): FormData {
  const form = new FormData();
  form.set('messaging_product', 'whatsapp');
  form.set('file', new Blob([PIXELS], { type }), 'x.png');
  return form;
}

async function uploadedId(setup: Setup): Promise<string> {
  const body: unknown = await (await upload(setup, pictureForm())).json();
  expect(body).toEqual({ id: expect.stringMatching(/^\d{15}$/) });
  return JSON.stringify(body).replaceAll(/\D/g, '');
}

/** Where a media URL is fetched: the same path and query on WABA's own host. */
function onWaba({ sandbox }: Setup, url: string | undefined): string {
  return (url ?? '').replace('https://lookaside.fbsbx.com', sandbox.url);
}

describe('an uploaded file', () => {
  it('is described with a URL on lookaside.fbsbx.com and comes back byte for byte', async () => {
    const setup = await setUp();
    const id = await uploadedId(setup);
    const { status, body } = await setup.waba('GET', `/${id}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      messaging_product: 'whatsapp',
      url: expect.stringMatching(
        /^https:\/\/lookaside\.fbsbx\.com\/whatsapp_business\/attachments\/\?mid=\d+&ext=\d{10}&hash=[\w-]+$/,
      ),
      mime_type: 'image/png',
      sha256: createHash('sha256').update(PIXELS).digest('hex'),
      file_size: String(PIXELS.length),
      id,
    });
    const file = await fetch(onWaba(setup, body.url), { headers: wabaHeaders() });
    expect(file.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await file.arrayBuffer())).toEqual(PIXELS);
  });

  it('is not given to who has no key, nor for a URL with another hash', async () => {
    const setup = await setUp();
    const { body } = await setup.waba('GET', `/${await uploadedId(setup)}`);
    const url = onWaba(setup, body.url);
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(`${url}x`, { headers: wabaHeaders() })).status).toBe(404);
  });

  it('has a URL that expires, after which a new one is to be had', async () => {
    const setup = await setUp({ mediaUrlLifeMs: 500 });
    const id = await uploadedId(setup);
    const { body } = await setup.waba('GET', `/${id}`);
    await new Promise((resolve) => setTimeout(resolve, 510));
    const stale = await fetch(onWaba(setup, body.url), { headers: wabaHeaders() });
    expect(stale.status).toBe(404);
    const again = await setup.waba('GET', `/${id}`);
    const fresh = await fetch(onWaba(setup, again.body.url), { headers: wabaHeaders() });
    expect(fresh.status).toBe(200);
  });

  it('can be sent by its id, until it is deleted', async () => {
    const setup = await setUp();
    const id = await uploadedId(setup);
    const message = { to: '16505551234', type: 'image', image: { id } };
    expect((await setup.send(message)).status).toBe(200);
    expect(await setup.waba('DELETE', `/${id}`)).toEqual({ status: 200, body: { success: true } });
    const refused = await setup.send(message);
    expect([refused.status, codeOf(refused)]).toEqual([400, 131009]);
    expect(codeOf(await setup.waba('GET', `/${id}`))).toBe(100);
    expect((await setup.waba('DELETE', `/${id}`)).status).toBe(400);
  });

  it('may name its type in a field when the file has none', async () => {
    const setup = await setUp();
    const form = pictureForm('');
    form.set('type', 'image/png');
    const { id } = Object(await (await upload(setup, form)).json());
    expect((await setup.waba('GET', `/${String(id)}`)).body['mime_type']).toBe('image/png');
  });
});

describe('an upload', () => {
  const broken: [string, (form: FormData) => void][] = [
    ['without messaging_product', (form) => form.delete('messaging_product')],
    ['without a file', (form) => form.delete('file')],
    ['whose file is a text field', (form) => form.set('file', 'x')],
    ['of a type WhatsApp does not know', (form) => form.set('file', new Blob(['x']))],
  ];
  it.each(broken)('is refused with code 100 %s', async (_, spoil) => {
    const setup = await setUp();
    const form = pictureForm();
    spoil(form);
    const response = await upload(setup, form);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 100 } });
  });

  it('is refused when it is no multipart form', async () => {
    const { waba, sandbox } = await setUp();
    expect((await waba('POST', '/media', { file: 'x' })).status).toBe(400);
    const headers = { ...wabaHeaders(), 'Content-Type': 'multipart/form-data; boundary=x' };
    const response = await fetch(`${sandbox.url}/media`, { method: 'POST', headers, body: 'y' });
    expect(response.status).toBe(400);
  });
});

describe('the largest file', () => {
  const MB = 1024 * 1024;
  const still = Buffer.from('RIFF....WEBPVP8L');
  const moving = Buffer.from('RIFF....WEBPVP8X....\u0002');
  const cases: [string, string, Buffer, number][] = [
    ['a JPEG', 'image/jpeg', still, 5 * MB],
    ['a PNG', 'image/png', still, 5 * MB],
    ['a voice note', 'audio/ogg; codecs=opus', still, 16 * MB],
    ['a video', 'video/mp4', still, 16 * MB],
    ['a document', 'application/pdf', still, 100 * MB],
    ['a still sticker', 'image/webp', still, 100 * 1024],
    ['a moving sticker', 'image/webp', moving, 500 * 1024],
  ];
  it.each(cases)('%s', (_, type, head, max) => {
    const file = Buffer.alloc(max + 1);
    file.set(head);
    expect(mediaFault(type, file.subarray(0, max))).toBeUndefined();
    expect(mediaFault(type, file)).toContain('too large');
  });
});

describe('look-ups of media that is not there', () => {
  it('block all look-ups after more than five in an hour, and count as a violation', async () => {
    const setup = await setUp();
    const id = await uploadedId(setup);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      statuses.push((await setup.waba('GET', '/123456789012345')).status);
    }
    expect(statuses).toEqual([400, 400, 400, 400, 400, 400]);
    const blocked = await setup.waba('GET', `/${id}`);
    expect([blocked.status, codeOf(blocked)]).toEqual([403, 4]);
    expect(setup.sandbox.violations).toMatchObject([{ kind: 'media' }]);
  });
});
