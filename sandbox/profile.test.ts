import { describe, expect, it } from 'vitest';
import { codeOf, setUp, wabaHeaders, type Setup } from './set-up.test-support.ts';

const PATH = '/whatsapp_business_profile';
const ALL = `${PATH}?fields=about,address,description,email,profile_picture_url,websites,vertical`;

async function profile({ waba }: Setup, path = ALL): Promise<Record<string, unknown>> {
  const { body } = await waba('GET', path);
  return (body['data'] as Record<string, unknown>[])[0] ?? {};
}

function change({ waba }: Setup, fields: object) {
  return waba('POST', PATH, { messaging_product: 'whatsapp', ...fields });
}

describe('the profile', () => {
  it('tells what it is asked for, and no more', async () => {
    const setup = await setUp();
    expect(await profile(setup, PATH)).toEqual({ messaging_product: 'whatsapp' });
    expect(await profile(setup)).toEqual({
      about: 'Hey there! I am using WhatsApp.',
      vertical: 'OTHER',
      messaging_product: 'whatsapp',
    });
    expect(codeOf(await setup.waba('GET', `${PATH}?fields=colour`))).toBe(100);
  });

  it('is changed by the fields given; an empty text takes one away', async () => {
    const setup = await setUp();
    const fields = { address: 'Main St', email: 'a@b.example', websites: ['https://b.example'] };
    expect((await change(setup, fields)).body).toEqual({ success: true });
    await change(setup, { email: '', vertical: 'AUTO' });
    expect(await profile(setup)).toEqual({
      about: 'Hey there! I am using WhatsApp.',
      address: 'Main St',
      vertical: 'AUTO',
      websites: ['https://b.example'],
      messaging_product: 'whatsapp',
    });
    expect(setup.sandbox.changes.map(({ path }) => path)).toEqual([PATH, PATH]);
    expect(await setup.get('/_sandbox/changes')).toMatchObject([{ body: fields }, {}]);
  });

  it.each([
    [{ messaging_product: 'sms' }],
    [{ about: '' }],
    [{ about: 'x'.repeat(140) }],
    [{ address: 'x'.repeat(257) }],
    [{ description: 'x'.repeat(513) }],
    [{ email: 'nobody' }],
    [{ vertical: 'Automotive' }],
    [{ websites: ['b.example'] }],
    [{ websites: ['https://a.example', 'https://b.example', 'https://c.example'] }],
    [{ profile_picture_handle: 'unknown' }],
    [{ colour: 'red' }],
  ])('is not changed by %j', async (fields) => {
    const setup = await setUp();
    expect((await change(setup, { address: 'x', ...fields })).status).toBe(400);
    expect(await profile(setup)).not.toHaveProperty('address');
    expect(setup.sandbox.changes).toEqual([]);
  });
});

describe('the photo', () => {
  const PHOTO = Uint8Array.of(0x89, 0x50, 0x4e, 0x47);

  async function begin({ waba }: Setup, length = PHOTO.length, type = 'image/png') {
    const query = `file_length=${length}&file_type=${type}&session_type=attachment`;
    return waba('POST', `/uploads?${query}`);
  }

  async function finish({ sandbox }: Setup, id = '', offset = '0', body = PHOTO) {
    const headers = { ...wabaHeaders(), file_offset: offset };
    return fetch(`${sandbox.url}/${id}`, { method: 'POST', headers, body });
  }

  async function handleOf(setup: Setup): Promise<unknown> {
    const { body } = await begin(setup);
    const uploaded: unknown = await (await finish(setup, body.id)).json();
    return Reflect.get(Object(uploaded), 'h');
  }

  it('is uploaded, set by its handle, and shown to who has the key', async () => {
    const setup = await setUp();
    const handle = await handleOf(setup);
    expect((await change(setup, { profile_picture_handle: handle })).status).toBe(200);
    const { profile_picture_url: url } = await profile(setup);
    const photo = await fetch(String(url), { headers: wabaHeaders() });
    expect(photo.headers.get('content-type')).toBe('image/png');
    expect(new Uint8Array(await photo.arrayBuffer())).toEqual(PHOTO);
    expect((await fetch(String(url))).status).toBe(401);
    await change(setup, { profile_picture_handle: '' });
    expect(await profile(setup)).not.toHaveProperty('profile_picture_url');
    expect((await fetch(String(url), { headers: wabaHeaders() })).status).toBe(404);
  });

  it('is refused where it is too large, no picture, or without the session type', async () => {
    const setup = await setUp();
    expect((await begin(setup, 5 * 1024 * 1024 + 1)).status).toBe(400);
    expect((await begin(setup, 0)).status).toBe(400);
    expect((await begin(setup, 4, 'text/html')).status).toBe(400);
    expect((await setup.waba('POST', '/uploads?file_length=4&file_type=image/png')).status).toBe(
      400,
    );
  });

  it('is refused where other bytes come than were announced', async () => {
    const setup = await setUp();
    const { id } = (await begin(setup)).body;
    expect((await finish(setup, id, '0', Uint8Array.of(1))).status).toBe(400);
    expect((await finish(setup, id, '2')).status).toBe(400);
    expect((await finish(setup, id?.split('?')[0])).status).toBe(400);
    expect((await finish(setup, 'upload:unknown?sig=x')).status).toBe(400);
    expect((await finish(setup, id)).status).toBe(200);
  });
});

it('says which numbers the account has, and that it has no webhook of its own', async () => {
  const { waba } = await setUp({ displayPhoneNumber: '15550001111' });
  const { body } = await waba('GET', '/waba_webhook');
  expect(body).toMatchObject({ phone_numbers: ['15550001111'], url: '' });
});
