import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type Caller, type World } from '../support/world.ts';

const ADA = '4915112345678';
const BODY = { type: 'BODY', text: 'Your order is on its way' };
const TEMPLATE = { name: 'order_1', language: 'en', category: 'UTILITY', components: [BODY] };
const PHOTO = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

let world: World;
let admin: Caller;

beforeAll(async () => {
  world = await startWorld(
    {},
    {
      // The number's webhook was dropped: nothing that WhatsApp says reaches anybody.
      webhookUrl: '',
      webhookHeaders: {},
      // A review that is told of before its answer is in our copy a refresh later.
      statusDelayMs: 1_000,
    },
  );
  ({ admin } = world);
});

afterAll(() => world?.close());

/** What was changed at WhatsApp from the change `from` on. */
function changes(from = 0): string[] {
  return world.sandbox.changes.slice(from).map(({ method, path }) => `${method} ${path}`);
}

describe('a router and its number', () => {
  it('sets the webhook that a new key has dropped, and is then well', async () => {
    const faults = async () => {
      const findings = await admin.api.listHealthStatuses();
      return findings.filter(({ is_ok }) => !is_ok);
    };
    expect(await faults()).toEqual([]);
    const config = await fetch(`${world.sandbox.url}/v1/configs/webhook`, {
      headers: { 'D360-API-KEY': 'key-of-the-number' },
    });
    expect(await config.json()).toMatchObject({
      url: `${world.router.url}/waba/webhook`,
      headers: { Authorization: 'Bearer a-webhook-token' },
    });
    expect(await faults()).toEqual([]);
    // WhatsApp is asked in the background.
    const accounts = () => admin.api.listWhatsAppAccounts({ query: { this_instance: true } });
    await expect.poll(accounts, { timeout: 30_000 }).toMatchObject({
      count: 1,
      results: [{ phone_number: '15550783881', this_instance: true }],
    });
  });
});

describe('templates', () => {
  async function listed(): Promise<string[]> {
    const { results } = await admin.api.listTemplates();
    return results.map(({ name, status }) => `${name} ${status}`);
  }

  it('are fetched by itself; one is made, followed and deleted', async () => {
    await expect.poll(listed, { timeout: 30_000 }).toEqual(['hello_world approved']);
    const made = await admin.api.createTemplate({ body: TEMPLATE });
    expect([admin.status(), made]).toMatchObject([201, { ...TEMPLATE, status: 'submitted' }]);
    await expect.poll(listed, { timeout: 30_000 }).toContain('order_1 approved');
    expect(await admin.api.destroyTemplate({ params: { name: 'order_1' } })).toBeNull();
    expect(await listed()).toEqual(['hello_world approved']);
    expect(changes()).toEqual([
      'POST /v1/configs/templates',
      'DELETE /v1/configs/templates/order_1',
    ]);
  });

  it('are fetched again when somebody asks for it', async () => {
    const fetches = () =>
      world.sandbox.requests.filter(
        ({ method, path }) => method === 'GET' && path.startsWith('/v1/configs/templates'),
      ).length;
    const before = fetches();
    expect(await admin.api.issueTemplateRefreshRequest()).toEqual({});
    await expect
      .poll(() => admin.api.checkTemplateRefreshStatus())
      .toEqual({ currently_refreshing: false });
    expect(fetches()).toBeGreaterThan(before);
  });
});

describe('the profile', () => {
  it('is changed at WhatsApp with its about, and read again', async () => {
    const from = world.sandbox.changes.length;
    const body = { vertical: 'Automotive', address: 'Main St 1' } as const;
    expect(await admin.api.partialUpdateBusinessProfileSettings({ body })).toMatchObject(body);
    const about = { settings: { profile: { about: { text: 'Open' } } } };
    expect(await admin.api.updateProfileAbout({ body: { text: 'Open' } })).toEqual(about);
    expect(changes(from)).toEqual([
      'POST /whatsapp_business_profile',
      'POST /whatsapp_business_profile',
    ]);
    expect(await admin.api.issueSettingsRefreshRequest()).toEqual({});
    await expect
      .poll(() => admin.api.checkSettingsRefreshStatus())
      .toEqual({ currently_refreshing: false });
    expect(await admin.api.retrieveBusinessProfileSettings()).toMatchObject({
      ...body,
      about: 'Open',
    });
    expect(await admin.api.retrieveProfileAbout()).toEqual(about);
  });

  it('has a photo, which is shown and removed', async () => {
    const form = new FormData();
    form.set('file_encoded', new File([PHOTO], 'photo.png', { type: 'image/png' }));
    expect(await admin.api.updateProfilePhoto({ body: form })).toEqual({});
    const shown = await admin.api.retrieveProfilePhoto();
    expect(new Uint8Array(await shown.arrayBuffer())).toEqual(PHOTO);
    expect(await admin.api.deleteProfilePhoto()).toBeNull();
    await expect(admin.api.retrieveProfilePhoto()).rejects.toMatchObject({ status: 404 });
    expect(world.sandbox.changes.at(-1)).toMatchObject({
      path: '/whatsapp_business_profile',
      body: { profile_picture_handle: '' },
    });
  });
});

describe('a contact', () => {
  const params = { wa_id: ADA };
  const blocked = async () => {
    const { contacts } = await admin.api.listBlockedContacts();
    return contacts.map(({ wa_id }) => wa_id);
  };

  it('is verified by what a number can be', async () => {
    const contacts = ['+49 151 12345678', 'nobody'];
    expect(await admin.api.verifyContacts({ body: { contacts } })).toMatchObject({
      contacts: [{ status: 'valid', wa_id: ADA }, { status: 'invalid' }],
    });
  });

  it('is blocked at WhatsApp once they wrote, and unblocked', async () => {
    await expect(admin.api.blockContact({ params, body: {} })).rejects.toMatchObject({
      status: 400,
      body: { reason: expect.stringContaining('24 hours') },
    });
    await world.write(ADA, { text: 'hi' });
    const from = world.sandbox.changes.length;
    expect(await admin.api.blockContact({ params, body: { reason: 'spam' } })).toEqual({});
    expect(await blocked()).toEqual([ADA]);
    expect((await admin.api.listChats({ query: { blocked: true } })).count).toBe(1);
    expect(await admin.api.unblockContact({ params, body: {} })).toEqual({});
    expect(await blocked()).toEqual([]);
    expect(changes(from)).toEqual(['POST /block_users', 'DELETE /block_users']);
  });

  it('is reported to this inbox, and blocked with it where that is asked for', async () => {
    const from = world.sandbox.changes.length;
    expect(await admin.api.reportContact({ params, body: { reason: 'spam' } })).toEqual({});
    expect(changes(from)).toEqual([]);
    const { results } = await admin.api.listChats({ query: { reported: true } });
    expect(results.map(({ wa_id }) => wa_id)).toEqual([ADA]);
    await admin.api.reportContact({ params, body: { block: true } });
    expect(changes(from)).toEqual(['POST /block_users']);
    expect(await blocked()).toEqual([ADA]);
  });
});
