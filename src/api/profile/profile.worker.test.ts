import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from '../../auth/user.ts';
import { stack } from '../../inbox/media/media.test-support.ts';
import { clearInbox, seedUser } from '../../inbox/seed.test-support.ts';
import { askWhatsApp, fakeWaba, metaError, type Answered } from '../whatsapp.test-support.ts';

const { db } = stack;
const PROFILE = '/whatsapp_business_profile';
const PATH = '/settings/business/profile/';
const ABOUT = '/settings/profile/about/';
const PHOTO = '/settings/profile/photo/';
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3);
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 9);
const PHOTO_URL = 'https://pps.whatsapp.net/v/t61/photo.jpg?oe=65';

const AT_WABA = {
  messaging_product: 'whatsapp',
  about: 'Hi',
  address: 'Main St 1',
  description: 'A shop',
  email: 'a@shop.example',
  vertical: 'PROF_SERVICES',
  websites: ['https://shop.example'],
};

let admin: User;
let agent: User;

beforeEach(async () => {
  await clearInbox();
  for (const table of ['business_profile', 'refreshes', 'events'])
    await db.run(sql.raw(`delete from ${table}`));
  for (const kind of ['templates', 'blocked', 'webhook'])
    await db.run(sql`insert into refreshes (kind, next_at) values (${kind}, 9e12)`);
  admin = await seedUser('admin', { role: 'admin' });
  agent = await seedUser('agent');
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** A WABA with this profile, that takes every change. */
function wabaWith(profile: object = AT_WABA) {
  return fakeWaba({
    [`GET ${PROFILE}`]: () => Response.json({ data: [profile] }),
    [`POST ${PROFILE}`]: () => Response.json({ success: true }),
    'POST /uploads': () => Response.json({ id: 'upload:abc?sig=x' }),
    'POST /upload:abc': () => Response.json({ h: 'handle-1' }),
    'GET /waba_webhook': () => Response.json({ phone_numbers: ['+49 100 200'] }),
    'GET /v/t61/photo.jpg': () => new Response(JPEG),
  });
}

function refresh(): Promise<Answered> {
  return askWhatsApp(agent, 'POST', '/settings/refresh/issue/');
}

describe('the profile', () => {
  it.each([
    ['address', ''],
    ['description', ''],
    ['email', ''],
    ['websites', []],
  ])('is emptied of its %s by null', async (field, empty) => {
    const sent = wabaWith();
    await refresh();
    const { status } = await askWhatsApp(admin, 'PATCH', PATH, { json: { [field]: null } });
    expect(status).toBe(200);
    const change = sent.find(({ method }) => method === 'POST');
    expect(JSON.parse(change?.body ?? '')).toEqual({
      messaging_product: 'whatsapp',
      [field]: empty,
    });
  });

  it("is WhatsApp's, with the service's name for the industry, and asked for only once", async () => {
    const sent = wabaWith();
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await askWhatsApp(agent, 'GET', PATH);
      expect([status, body]).toEqual([200, { ...AT_WABA, vertical: 'Professional Services' }]);
    }
    expect(sent).toHaveLength(1);
    expect(sent[0]?.url).toContain('fields=about,address');
  });

  it('has empty texts where nothing is set, and a code that the service has no name for', async () => {
    wabaWith({ messaging_product: 'whatsapp', vertical: 'NOT_A_BIZ' });
    expect((await askWhatsApp(agent, 'GET', PATH)).body).toEqual({
      messaging_product: 'whatsapp',
      about: '',
      address: '',
      description: '',
      email: '',
      vertical: 'NOT_A_BIZ',
      websites: [],
    });
  });

  it('is unavailable while WhatsApp is and we know nothing', async () => {
    fakeWaba({ [`GET ${PROFILE}`]: () => new Error('connection lost') });
    const { status, body } = await askWhatsApp(agent, 'GET', PATH);
    expect([status, body['reason']]).toEqual([503, expect.stringContaining('WhatsApp')]);
  });

  it('is changed at WhatsApp and here, by what is named alone', async () => {
    const sent = wabaWith();
    await askWhatsApp(admin, 'GET', PATH);
    const json = { vertical: 'Automotive', email: '', messaging_product: 'whatsapp' };
    const { status, body } = await askWhatsApp(admin, 'PATCH', PATH, { json });
    expect(status).toBe(200);
    expect(body).toEqual({ ...AT_WABA, vertical: 'Automotive', email: '' });
    expect(JSON.parse(sent[1]?.body ?? '')).toEqual({
      messaging_product: 'whatsapp',
      vertical: 'AUTO',
      email: '',
    });
    expect(sent).toHaveLength(2);
  });

  it('takes codes, forms and one website as a text', async () => {
    const sent = wabaWith();
    const body = new URLSearchParams({ vertical: 'GOVT', websites: 'https://a.example' });
    const { body: changed } = await askWhatsApp(admin, 'PATCH', PATH, { body });
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
      vertical: 'GOVT',
      websites: ['https://a.example'],
    });
    expect(changed['messaging_product']).toBe('whatsapp');
  });

  it.each([
    ['about', 'x'.repeat(140)],
    ['address', 'x'.repeat(257)],
    ['address', {}],
    ['description', 'x'.repeat(513)],
    ['email', 'nobody'],
    ['email', `${'x'.repeat(128)}@x.example`],
    ['messaging_product', 'sms'],
    ['vertical', 'Farming'],
    ['websites', ['ftp://a.example']],
    ['websites', ['https://a.example', 'https://b.example', 'https://c.example']],
    ['websites', 7],
  ])('is not changed by a wrong %s, which is named', async (field, value) => {
    const sent = wabaWith();
    const json = { description: 'fine', [field]: value };
    const { status, body } = await askWhatsApp(admin, 'PATCH', PATH, { json });
    expect([status, Object.keys(body)]).toEqual([400, [field, 'reason']]);
    expect(sent).toEqual([]);
  });

  it.each(['about', 'vertical'])('may be sent back as it was shown with no %s', async (field) => {
    const sent = wabaWith({ ...AT_WABA, about: undefined, vertical: 'UNDEFINED' });
    const { body: shown } = await askWhatsApp(admin, 'GET', PATH);
    expect(shown).toMatchObject({ about: '', vertical: '' });
    const { status, body } = await askWhatsApp(admin, 'PATCH', PATH, { json: shown });
    expect([status, body]).toEqual([200, shown]);
    expect(JSON.parse(sent[1]?.body ?? '')).not.toHaveProperty(field);
  });

  it.each([
    ['Automotive', 'AUTO'],
    ['automotive', 'AUTO'],
    ['AUTO', 'AUTO'],
    ['Beauty, Spa & Salon', 'BEAUTY'],
    ['Non-profit', 'NONPROFIT'],
    ['PROF_SERVICES', 'PROF_SERVICES'],
    ['prof services', 'PROF_SERVICES'],
    ['Not a business', 'NOT_A_BIZ'],
    ['OTC_DRUGS', 'OTC_DRUGS'],
    ['Over-the-Counter Drugs', 'OTC_DRUGS'],
    ['', ''],
    [null, ''],
    ['UNDEFINED', ''],
  ])('takes the vertical %j as %j', async (vertical, code) => {
    const sent = wabaWith();
    const { status } = await askWhatsApp(admin, 'PATCH', PATH, { json: { vertical } });
    const changed: unknown = JSON.parse(sent.find(({ method }) => method === 'POST')?.body ?? '{}');
    expect([status, changed]).toMatchObject([200, { vertical: code }]);
  });

  it.each(['', null])('is not changed to no about where it has one: %j', async (value) => {
    wabaWith();
    await askWhatsApp(admin, 'GET', PATH);
    const sent = wabaWith();
    const json = { description: 'fine', about: value };
    const { status, body } = await askWhatsApp(admin, 'PATCH', PATH, { json });
    expect([status, body]).toEqual([
      400,
      { about: ['This field may not be blank.'], reason: expect.any(String) },
    ]);
    expect(sent).toEqual([]);
  });

  it("passes on WhatsApp's refusal and changes nothing", async () => {
    wabaWith();
    await askWhatsApp(agent, 'GET', PATH);
    fakeWaba({ [`POST ${PROFILE}`]: () => metaError(400, 100, 'no such shop') });
    const { status, body } = await askWhatsApp(admin, 'PATCH', PATH, { json: { address: 'x' } });
    expect([status, body['reason']]).toEqual([400, expect.stringContaining('no such shop')]);
    expect((await askWhatsApp(agent, 'GET', PATH)).body).toMatchObject({ address: 'Main St 1' });
  });
});

describe('the about', () => {
  it('is nested as the service has it', async () => {
    wabaWith();
    const { body } = await askWhatsApp(agent, 'GET', ABOUT);
    expect(body).toEqual({ settings: { profile: { about: { text: 'Hi' } } } });
  });

  it.each([
    ['nested', { settings: { profile: { about: { text: 'New' } } } }],
    ['alone', { text: 'New' }],
  ])('may be changed by an admin, %s', async (_, json) => {
    const sent = wabaWith({ ...AT_WABA, about: 'New' });
    const { status, body } = await askWhatsApp(admin, 'PATCH', ABOUT, { json });
    expect([status, body]).toEqual([200, { settings: { profile: { about: { text: 'New' } } } }]);
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      messaging_product: 'whatsapp',
      about: 'New',
    });
  });

  it('is changed by a PUT, too', async () => {
    wabaWith({ ...AT_WABA, about: 'New' });
    const { status, body } = await askWhatsApp(admin, 'PUT', ABOUT, { json: { text: 'New' } });
    expect([status, body]).toEqual([200, { settings: { profile: { about: { text: 'New' } } } }]);
    expect((await askWhatsApp(agent, 'PUT', ABOUT, { json: { text: 'New' } })).status).toBe(403);
    expect((await askWhatsApp(admin, 'PUT', ABOUT, { json: {} })).status).toBe(400);
  });

  it.each([
    [{}, { settings: ['This field is required.'] }],
    [{ text: 'x'.repeat(140) }, { text: [expect.stringContaining('139')] }],
    [{ settings: 'x' }, { settings: { non_field_errors: [expect.any(String)] } }],
    [
      { settings: { profile: { about: { text: '' } } } },
      { settings: { profile: { about: { text: ['This field may not be blank.'] } } } },
    ],
  ])('is refused as %j', async (json, problems) => {
    const sent = wabaWith();
    const { status, body } = await askWhatsApp(admin, 'PATCH', ABOUT, { json });
    expect([status, body]).toEqual([400, { ...problems, reason: expect.any(String) }]);
    expect(sent).toEqual([]);
  });
});

describe('the photo', () => {
  function form(content: Uint8Array<ArrayBuffer>, field = 'file_encoded'): FormData {
    const data = new FormData();
    data.set(field, new File([content], 'p.png', { type: 'image/png' }));
    return data;
  }

  it('is none until there is one', async () => {
    expect((await askWhatsApp(admin, 'GET', PHOTO)).status).toBe(404);
  });

  it('is uploaded to WhatsApp, set there, and served from here', async () => {
    const sent = wabaWith();
    expect((await askWhatsApp(admin, 'POST', PHOTO, { body: form(PNG) })).status).toBe(200);
    const [begin, finish, set] = sent;
    expect(begin?.url).toContain('/uploads?file_length=11&file_type=image%2Fpng&session_type=');
    expect(finish?.url).toContain('/upload:abc?sig=x');
    expect(finish?.headers.get('file_offset')).toBe('0');
    expect(JSON.parse(set?.body ?? '')).toEqual({
      messaging_product: 'whatsapp',
      profile_picture_handle: 'handle-1',
    });
    // Not for admins alone: it is in every customer's phone, and the inbox shows it to all users.
    const { status, headers, bytes } = await askWhatsApp(agent, 'GET', PHOTO);
    expect([status, headers.get('content-type')]).toEqual([200, 'image/png']);
    expect([...bytes]).toEqual([...PNG]);
  });

  it('may come in base64', async () => {
    wabaWith();
    const body = new FormData();
    body.set('file_encoded', Buffer.from(PNG).toString('base64'));
    expect((await askWhatsApp(admin, 'POST', PHOTO, { body })).status).toBe(200);
  });

  it.each([
    ['that is empty', () => form(new Uint8Array()), 400],
    ['that is no picture', () => form(Uint8Array.from([1, 2, 3])), 400],
    ['in another field', () => form(PNG, 'file'), 400],
    ['above 5 MB', () => form(new Uint8Array(5 * 1024 * 1024 + 1)), 413],
    ['in JSON', () => '{}', 415],
  ])('is refused %s, and WhatsApp is not asked', async (_, body, expected) => {
    const sent = wabaWith();
    const { status } = await askWhatsApp(admin, 'POST', PHOTO, { body: body() });
    expect(status).toBe(expected);
    expect(sent).toEqual([]);
  });

  it('stays as it was where WhatsApp refuses the new one', async () => {
    wabaWith();
    await askWhatsApp(admin, 'POST', PHOTO, { body: form(PNG) });
    fakeWaba({ 'POST /uploads': () => metaError(400, 100, 'bad file') });
    const { status, body } = await askWhatsApp(admin, 'POST', PHOTO, { body: form(PNG) });
    expect([status, body['reason']]).toEqual([400, expect.stringContaining('bad file')]);
    expect((await askWhatsApp(admin, 'GET', PHOTO)).status).toBe(200);
  });

  it('is removed at WhatsApp and here', async () => {
    const sent = wabaWith();
    await askWhatsApp(admin, 'POST', PHOTO, { body: form(PNG) });
    expect((await askWhatsApp(admin, 'DELETE', PHOTO)).status).toBe(204);
    expect(JSON.parse(sent.at(-1)?.body ?? '')).toMatchObject({ profile_picture_handle: '' });
    expect((await askWhatsApp(admin, 'GET', PHOTO)).status).toBe(404);
  });

  it('is looked up again soon after it was removed: WhatsApp may have kept it', async () => {
    await db.run(sql`insert into refreshes (kind, next_at) values ('settings', 9e12)`);
    wabaWith();
    await askWhatsApp(admin, 'POST', PHOTO, { body: form(PNG) });
    await askWhatsApp(admin, 'DELETE', PHOTO);
    const row = await db.first<{ next_at: number }>(
      sql`select next_at from refreshes where kind = 'settings'`,
    );
    expect(row?.next_at).toBeLessThanOrEqual(Date.now() + 30_000);
  });

  it('is there after a refresh, fetched from Meta without our key, and once only', async () => {
    const sent = wabaWith({ ...AT_WABA, profile_picture_url: PHOTO_URL });
    await refresh();
    await refresh();
    const { headers, bytes } = await askWhatsApp(admin, 'GET', PHOTO);
    expect([headers.get('content-type'), [...bytes]]).toEqual(['image/jpeg', [...JPEG]]);
    const downloads = sent.filter(({ url }) => url === PHOTO_URL);
    expect(downloads).toHaveLength(1);
    expect(downloads[0]?.headers.has('d360-api-key')).toBe(false);
  });

  it('is not fetched from anybody else', async () => {
    const sent = wabaWith({ ...AT_WABA, profile_picture_url: 'https://evil.example/photo.jpg' });
    await refresh();
    expect(new Set(sent.map(({ url }) => new URL(url).host))).toEqual(new Set(['waba.example']));
  });
});

describe('what only admins may do', () => {
  it.each([
    ['PATCH', PATH],
    ['PATCH', ABOUT],
    ['POST', PHOTO],
    ['DELETE', PHOTO],
  ])('is refused to others: %s %s', async (method, path) => {
    const sent = wabaWith();
    const data = new FormData();
    data.set('file_encoded', new File([PNG], 'p.png'));
    const asked =
      method === 'PATCH' ? { json: { text: 'x' } } : method === 'POST' ? { body: data } : {};
    expect((await askWhatsApp(agent, method, path, asked)).status).toBe(403);
    expect(sent).toEqual([]);
  });
});

describe('refreshing the settings', () => {
  it('takes over what was changed elsewhere', async () => {
    wabaWith();
    await askWhatsApp(agent, 'GET', PATH);
    wabaWith({ ...AT_WABA, about: 'Changed' });
    expect(await refresh()).toMatchObject({ status: 200, body: {} });
    expect((await askWhatsApp(agent, 'GET', PATH)).body).toMatchObject({ about: 'Changed' });
    const { body } = await askWhatsApp(agent, 'GET', '/settings/refresh/status/');
    expect(body).toEqual({ currently_refreshing: false });
  });
});

describe('a photo that cannot be fetched', () => {
  it('keeps nothing else from being refreshed, and is tried again', async () => {
    vi.spyOn(console, 'log').mockReturnValue();
    wabaWith();
    await askWhatsApp(agent, 'GET', PATH);
    const changed = { ...AT_WABA, about: 'Changed', profile_picture_url: PHOTO_URL };
    fakeWaba({
      [`GET ${PROFILE}`]: () => Response.json({ data: [changed] }),
      'GET /v/t61/photo.jpg': () => new Response(null, { status: 410 }),
    });
    await refresh();
    expect((await askWhatsApp(agent, 'GET', PATH)).body).toMatchObject({ about: 'Changed' });
    wabaWith(changed);
    await db.run(sql`update refreshes set next_at = 0 where kind = 'settings'`);
    await refresh();
    expect((await askWhatsApp(admin, 'GET', PHOTO)).status).toBe(200);
  });
});

describe("the inbox's number", () => {
  const list = (query = '') => askWhatsApp(agent, 'GET', `/whatsapp_accounts/${query}`);

  it('is not known before anybody named it', async () => {
    expect((await list()).body).toEqual({ count: 0, next: null, previous: null, results: [] });
  });

  it('is what webhooks say', async () => {
    const metadata = { display_phone_number: '15550001111', phone_number_id: '1' };
    const body = JSON.stringify({ entry: [{ changes: [{ value: { metadata } }] }] });
    await db.run(sql`
      insert into events (id, kind, created_at, body, fields, chats, incoming)
      values ('a', 'waba', 1, ${body}, '[]', '[]', '[]'), ('b', 'waba', 1, '{"x":', '[]', '[]', '[]')`);
    const results = [{ phone_number: '15550001111', this_instance: true }];
    expect((await list()).body).toMatchObject({ count: 1, results });
    expect((await list('?this_instance=true')).body).toMatchObject({ count: 1, results });
    expect((await list('?this_instance=false')).body).toMatchObject({ count: 0, results: [] });
    expect((await list('?offset=1')).body).toMatchObject({ count: 1, results: [] });
    const refused = await list('?this_instance=maybe');
    expect([refused.status, Object.keys(refused.body)]).toEqual([400, ['this_instance', 'reason']]);
  });

  it('is what WABA says, where no webhook has come yet', async () => {
    wabaWith();
    await refresh();
    expect((await list()).body).toMatchObject({
      results: [{ phone_number: '49100200', this_instance: true }],
    });
  });
});
