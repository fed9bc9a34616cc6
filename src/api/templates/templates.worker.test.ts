import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from '../../auth/user.ts';
import { stack as posted, post } from '../../ingest/post-body.test-support.ts';
import { cloudBody } from '../../ingest/sample-bodies.test-support.ts';
import { stack } from '../../inbox/media/media.test-support.ts';
import { clearInbox, seedUser } from '../../inbox/seed.test-support.ts';
import { askWhatsApp, fakeWaba, metaError, type Answered } from '../whatsapp.test-support.ts';

const { db } = stack;
const PATH = '/v1/configs/templates';
const BODY = { type: 'BODY', text: 'Hello {{1}}' };
const NEW = { name: 'order_1', category: 'UTILITY', language: 'en_US', components: [BODY] };

let admin: User;
let agent: User;

beforeEach(async () => {
  await clearInbox();
  for (const table of ['templates', 'refreshes']) await db.run(sql.raw(`delete from ${table}`));
  admin = await seedUser('admin', { role: 'admin' });
  agent = await seedUser('agent');
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** A template in WABA's list. */
function listed(name: string, fields: object = {}): object {
  return {
    id: `id-of-${name}`,
    name,
    language: 'en_US',
    status: 'approved',
    category: 'UTILITY',
    components: [BODY],
    namespace: 'space',
    rejected_reason: 'NONE',
    ...fields,
  };
}

/** Lets WABA have these templates, in pages of `perPage`. */
function wabaWith(templates: readonly object[], perPage = 2) {
  return fakeWaba({
    [`GET ${PATH}`]: ({ url }) => {
      const offset = Number(new URL(url).searchParams.get('offset'));
      return Response.json({ waba_templates: templates.slice(offset, offset + perPage) });
    },
  });
}

async function names(): Promise<unknown[]> {
  const { body } = await askWhatsApp(agent, 'GET', '/templates/');
  return (body['results'] as { name: string; status: string }[]).map(
    ({ name, status }) => `${name} ${status}`,
  );
}

function refresh(): Promise<Answered> {
  return askWhatsApp(agent, 'POST', '/templates/refresh/issue/', { json: {} });
}

/** Makes only the refresh of templates due, as after the first of each kind. */
async function othersRefreshed(): Promise<void> {
  for (const kind of ['settings', 'blocked', 'webhook'])
    await db.run(sql`insert into refreshes (kind, next_at) values (${kind}, 9e12)`);
}

describe('refreshing templates', () => {
  beforeEach(othersRefreshed);

  it('takes over all pages of the list, and forgets what is on none', async () => {
    wabaWith([listed('a'), listed('b'), listed('c', { status: 'REJECTED' })]);
    expect(await refresh()).toMatchObject({ status: 200, body: {} });
    expect(await names()).toEqual(['a approved', 'b approved', 'c rejected']);
    wabaWith([listed('c')]);
    await refresh();
    expect(await names()).toEqual(['c approved']);
  });

  it('is shown as under way until it has ended, and begins only once', async () => {
    fakeWaba({ [`GET ${PATH}`]: () => new Error('connection lost') });
    const status = () => askWhatsApp(agent, 'GET', '/templates/refresh/status/');
    expect((await status()).body).toEqual({ currently_refreshing: false });
    await refresh();
    expect((await status()).body).toEqual({ currently_refreshing: true });
    wabaWith([]);
    await refresh();
    expect((await status()).body).toEqual({ currently_refreshing: false });
  });

  it('leaves our copy as it is where WABA does not answer with a list', async () => {
    wabaWith([listed('a')]);
    await refresh();
    fakeWaba({ [`GET ${PATH}`]: () => Response.json({ success: true }) });
    await refresh();
    expect(await names()).toEqual(['a approved']);
  });

  it('is refused without a key for WABA', async () => {
    const config = { d360ApiKey: undefined };
    const { status, body } = await askWhatsApp(agent, 'POST', '/templates/refresh/issue/', {
      config,
    });
    expect([status, body['reason']]).toEqual([503, expect.stringContaining('D360_API_KEY')]);
    expect(await db.all(sql`select 1 from refreshes where kind = 'templates'`)).toEqual([]);
  });
});

describe('the list of templates', () => {
  it('is answered from our copy, in pages', async () => {
    await othersRefreshed();
    wabaWith([listed('b'), listed('a'), listed('a', { language: 'de' })]);
    await refresh();
    const sent = fakeWaba({});
    const { body } = await askWhatsApp(agent, 'GET', '/templates/?limit=2');
    expect(body).toMatchObject({
      count: 3,
      next: expect.stringContaining('offset=2'),
      results: [
        { name: 'a', language: 'de' },
        {
          id: 'id-of-a',
          name: 'a',
          language: 'en_US',
          category: 'UTILITY',
          components: [BODY],
          namespace: 'space',
          rejected_reason: 'NONE',
          status: 'approved',
        },
      ],
    });
    expect(sent).toEqual([]);
  });
});

describe('a new template', () => {
  it('is made at WhatsApp and stands in our copy at once', async () => {
    const sent = fakeWaba({
      [`POST ${PATH}`]: () => Response.json({ id: 7, status: 'PENDING', category: 'MARKETING' }),
    });
    const { status, body } = await askWhatsApp(agent, 'POST', '/templates/', { json: NEW });
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...NEW, id: '7', category: 'MARKETING', status: 'pending' });
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual(NEW);
    expect(sent[0]?.headers.get('d360-api-key')).toBe('key-of-the-number');
    expect(await names()).toEqual(['order_1 pending']);
  });

  it('is looked up again soon, for a webhook may tell of its review before the answer comes', async () => {
    await db.run(sql`insert into refreshes (kind, next_at) values ('templates', 9e12)`);
    fakeWaba({ [`POST ${PATH}`]: () => Response.json(listed('order_1')) });
    await askWhatsApp(agent, 'POST', '/templates/', { json: NEW });
    const [refreshed] = await db.all<{ next_at: number }>(sql`select next_at from refreshes`);
    expect(refreshed?.next_at).toBeLessThanOrEqual(Date.now() + 30_000);
  });

  it('has a category of today where the service has a former one', async () => {
    const sent = fakeWaba({ [`POST ${PATH}`]: () => Response.json(listed('order_1')) });
    await askWhatsApp(agent, 'POST', '/templates/', { json: { ...NEW, category: 'ALERT_UPDATE' } });
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({ category: 'UTILITY' });
  });

  it('may have what else WhatsApp documents, and nothing that is for WhatsApp to say', async () => {
    const sent = fakeWaba({ [`POST ${PATH}`]: () => Response.json({ id: 7 }) });
    const more = {
      allow_category_change: true,
      parameter_format: 'named',
      message_send_ttl_seconds: 600,
      cta_url_link_tracking_opted_out: true,
      sub_category: 'ORDER_STATUS',
    };
    const json = { ...NEW, ...more, status: 'approved', namespace: 'mine' };
    const { body } = await askWhatsApp(agent, 'POST', '/templates/', { json });
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ ...NEW, ...more });
    expect(body).toMatchObject({ status: 'submitted', namespace: '' });
  });

  it('may come as a form', async () => {
    const sent = fakeWaba({ [`POST ${PATH}`]: () => Response.json(listed('order_1')) });
    const form = { ...NEW, components: JSON.stringify([BODY]) };
    for (const body of [new URLSearchParams(form), multipart(form)]) {
      expect((await askWhatsApp(agent, 'POST', '/templates/', { body })).status).toBe(201);
      expect(JSON.parse(sent.at(-1)?.body ?? '')).toEqual(NEW);
    }
  });

  it.each([
    ['a missing name', { name: undefined }, { name: ['This field is required.'] }],
    ['a name in capitals', { name: 'Order' }, { name: [expect.stringContaining('lower-case')] }],
    ['a name too long', { name: 'a'.repeat(513) }, { name: [expect.stringContaining('512')] }],
    ['a name that is no text', { name: true }, { name: ['Not a valid string.'] }],
    ['a language with a space', { language: 'en US' }, { language: [expect.any(String)] }],
    ['a missing category', { category: null }, { category: ['This field may not be null.'] }],
    ['components of text', { components: 'x' }, { components: [expect.stringContaining('list')] }],
    [
      'a life of no seconds',
      { message_send_ttl_seconds: 'x' },
      { message_send_ttl_seconds: ['A valid integer is required.'] },
    ],
    ['no components', { components: [] }, { components: ['This list may not be empty.'] }],
    ['a component of text', { components: ['x'] }, { components: { 0: [expect.any(String)] } }],
  ])('is refused with %s, and WhatsApp is not asked', async (_, fields, problems) => {
    const sent = fakeWaba({});
    const { status, body } = await askWhatsApp(agent, 'POST', '/templates/', {
      json: { ...NEW, ...fields },
    });
    expect([status, body]).toEqual([400, { ...problems, reason: expect.any(String) }]);
    expect(sent).toEqual([]);
  });

  it('is told why WhatsApp refuses it, and is in no list', async () => {
    fakeWaba({ [`POST ${PATH}`]: () => metaError(400, 100, '(#100) Template exists') });
    const { status, body } = await askWhatsApp(agent, 'POST', '/templates/', { json: NEW });
    expect([status, body['reason']]).toEqual([400, expect.stringContaining('Template exists')]);
    expect(await names()).toEqual([]);
  });

  it.each([
    ['nobody answers', () => new Error('connection lost')],
    ['WhatsApp is down', () => new Response('<html>', { status: 502 })],
    ['the key is wrong', () => Response.json({ error: 'Invalid api_key' }, { status: 401 })],
  ])('is answered with 503 where %s', async (_, answer) => {
    fakeWaba({ [`POST ${PATH}`]: answer });
    const { status, body } = await askWhatsApp(agent, 'POST', '/templates/', { json: NEW });
    expect([status, body['reason']]).toEqual([503, expect.stringContaining('did not take')]);
    expect(await names()).toEqual([]);
  });
});

describe('a template to be deleted', () => {
  it('is gone in all its languages, at WhatsApp and here', async () => {
    await othersRefreshed();
    wabaWith([listed('a'), listed('a', { language: 'de' }), listed('b')]);
    await refresh();
    const sent = fakeWaba({ [`DELETE ${PATH}/a`]: () => Response.json({ success: true }) });
    expect((await askWhatsApp(agent, 'DELETE', '/templates/a/')).status).toBe(204);
    expect(sent.map(({ method }) => method)).toEqual(['DELETE']);
    expect(await names()).toEqual(['b approved']);
  });

  it('is not found where WhatsApp does not know it, nor do we', async () => {
    const gone = () => Response.json({ meta: { developer_message: 'gone' } }, { status: 404 });
    fakeWaba({ [`DELETE ${PATH}/a`]: gone });
    expect((await askWhatsApp(agent, 'DELETE', '/templates/a/')).status).toBe(404);
    expect((await askWhatsApp(agent, 'DELETE', '/templates/a%2Fb/')).status).toBe(404);
  });

  it('is kept where WhatsApp refuses', async () => {
    await othersRefreshed();
    wabaWith([listed('a')]);
    await refresh();
    fakeWaba({ [`DELETE ${PATH}/a`]: () => metaError(400, 100, 'in use') });
    expect((await askWhatsApp(agent, 'DELETE', '/templates/a/')).status).toBe(400);
    expect(await names()).toEqual(['a approved']);
  });
});

it('lets nobody change templates who may write to nobody', async () => {
  const sent = fakeWaba({});
  const reader: User = { ...agent, canWriteToChats: 'none' };
  expect((await askWhatsApp(reader, 'POST', '/templates/', { json: NEW })).status).toBe(403);
  expect((await askWhatsApp(reader, 'DELETE', '/templates/a/')).status).toBe(403);
  expect(sent).toEqual([]);
  fakeWaba({ [`POST ${PATH}`]: () => Response.json(listed('order_1')) });
  const boss: User = { ...admin, canWriteToChats: 'none' };
  expect((await askWhatsApp(boss, 'POST', '/templates/', { json: NEW })).status).toBe(201);
});

describe("WhatsApp's webhooks about templates", () => {
  beforeEach(async () => {
    await posted.db.run(sql`delete from events`);
    await othersRefreshed();
    wabaWith([listed('a', { status: 'submitted' })]);
    await refresh();
  });

  function told(field: string, value: object, time = 1_000): object {
    const named = { message_template_name: 'a', message_template_language: 'en_US', ...value };
    const body = cloudBody(field, named) as { entry: object[] };
    return { ...body, entry: body.entry.map((entry) => ({ ...entry, time })) };
  }

  const status = (event: string, time?: number, more: object = {}) =>
    post(told('message_template_status_update', { event, ...more }, time));

  async function nextRefresh(): Promise<unknown> {
    return db.first(sql`select next_at from refreshes where kind = 'templates'`);
  }

  it('change its status, and say why it was rejected', async () => {
    await status('APPROVED', 1_000);
    expect(await names()).toEqual(['a approved']);
    await status('REJECTED', 1_001, { reason: 'INVALID_FORMAT' });
    const { body } = await askWhatsApp(agent, 'GET', '/templates/');
    expect(body['results']).toMatchObject([
      { status: 'rejected', rejected_reason: 'INVALID_FORMAT' },
    ]);
  });

  it('change nothing where they are older than what was told', async () => {
    await status('PAUSED', 2_000);
    await status('APPROVED', 1_000);
    expect(await names()).toEqual(['a paused']);
  });

  it('remove it when it is deleted', async () => {
    await status('DELETED');
    expect(await names()).toEqual([]);
  });

  it('change its category', async () => {
    await post(told('template_category_update', { new_category: 'MARKETING' }));
    const { body } = await askWhatsApp(agent, 'GET', '/templates/');
    expect(body['results']).toMatchObject([{ category: 'MARKETING', status: 'submitted' }]);
  });

  it.each([
    ['whose contents changed', 'message_template_components_update', {}],
    ['that we do not have', 'message_template_status_update', { message_template_name: 'z' }],
    ['with a status not told', 'message_template_status_update', { event: 'UNLOCKED' }],
  ])('ask for a refresh about one %s', async (_, field, value) => {
    await post(told(field, { event: 'APPROVED', ...value }), 1_000_000);
    expect(await nextRefresh()).toEqual({ next_at: 1_000_000 });
  });
});

function multipart(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}
