import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from '../../auth/user.ts';
import { runChecks } from '../../inbox/health/health-check.ts';
import { stack } from '../../inbox/media/media.test-support.ts';
import { clearInbox, seedUser } from '../../inbox/seed.test-support.ts';
import { rungRefreshes } from '../api.test-support.ts';
import { askWhatsApp, fakeWaba, type FakeWaba } from '../whatsapp.test-support.ts';

const { db } = stack;
const CONFIG = { publicUrl: 'https://inbox.example', webhookToken: 'hook-token' };
const OURS = {
  url: 'https://inbox.example/waba/webhook',
  headers: { Authorization: 'Bearer hook-token' },
};

let agent: User;
let admin: User;

beforeEach(async () => {
  vi.spyOn(console, 'log').mockReturnValue();
  vi.spyOn(console, 'error').mockReturnValue();
  await clearInbox();
  rungRefreshes.splice(0);
  for (const table of ['events', 'dead_letters', 'outbox', 'outbox_pause', 'refreshes'])
    await db.run(sql.raw(`delete from ${table}`));
  agent = await seedUser('agent');
  admin = await seedUser('admin', { role: 'admin' });
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** A WABA where all is well, but for what is given. */
function wabaWith(answers: FakeWaba = {}) {
  return fakeWaba({
    'GET /health_status': () =>
      Response.json({ health_status: { can_send_message: 'AVAILABLE', entities: [] } }),
    'GET /v1/configs/webhook': () => Response.json(OURS),
    ...answers,
  });
}

async function health(config: object = {}, as = agent): Promise<Record<string, unknown>> {
  const asked = { config: { ...CONFIG, ...config } };
  const { status, bytes } = await askWhatsApp(as, 'GET', '/status/health/', asked);
  expect(status).toBe(200);
  const list = JSON.parse(new TextDecoder().decode(bytes)) as { check_name: string }[];
  return Object.fromEntries(list.map(({ check_name: name, ...finding }) => [name, finding]));
}

const BAD = { is_ok: false, message: expect.any(String) };

describe('the health of the inbox', () => {
  it('is good where everything answers', async () => {
    wabaWith();
    const found = await health();
    expect(Object.keys(found)).toEqual([
      'Database',
      'Database size',
      'Deliveries',
      'Outbox',
      'Files',
      'Stack object',
      'WhatsApp API',
      'WhatsApp webhook',
    ]);
    for (const finding of Object.values(found)) expect(finding).toMatchObject({ is_ok: true });
  });

  it('says that the database is away, and what hangs on it, while the rest is looked at', async () => {
    wabaWith();
    vi.spyOn(db, 'size').mockRejectedValue(new Error('D1_ERROR: secret detail'));
    const found = await health();
    expect(found).toMatchObject({ Database: BAD, 'Database size': BAD, Deliveries: BAD });
    expect(found).toMatchObject({ Files: { is_ok: true }, 'WhatsApp API': { is_ok: true } });
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  it('says that the database is nearly full', async () => {
    wabaWith();
    const found = await health({ databaseLimitBytes: 1_000 });
    const message = expect.stringContaining('nearly full');
    expect(found['Database size']).toEqual({ is_ok: false, message });
  });

  it('says that the files cannot be read', async () => {
    wabaWith();
    vi.spyOn(stack.files, 'getText').mockRejectedValue(new Error('away'));
    expect(await health()).toMatchObject({ Files: BAD, Database: { is_ok: true } });
  });

  it('says that WhatsApp takes no message, and why', async () => {
    wabaWith();
    const error = { code: 131042, title: 'Business eligibility payment issue', message: '' };
    await db.run(sql`insert into outbox_pause (id, error, since_at, next_at, strikes)
      values (1, ${JSON.stringify(error)}, 0, 0, 1)`);
    const message = expect.stringContaining('Business eligibility payment issue (131042)');
    expect((await health())['Outbox']).toEqual({ is_ok: false, message });
  });

  it('says that deliveries wait too long, and that dead letters wait for an admin', async () => {
    wabaWith();
    await db.run(
      sql`insert into dead_letters (message, error, created_at) values ('{"kind":"event"}', 'x', 1)`,
    );
    expect((await health())['Deliveries']).toEqual({
      is_ok: false,
      message: 'Dead letters wait for an admin: 1.',
    });
    await db.run(sql`
      insert into events (id, kind, created_at, open, fields, chats, incoming)
      values ('a', 'waba', ${Date.now() - 3_600_000}, 1, '[]', '[]', '[]')`);
    const message = expect.stringMatching(/waited for 36\d\d seconds/);
    expect((await health())['Deliveries']).toEqual({ is_ok: false, message });
  });

  it.each([
    ['the key is refused', () => Response.json({ error: 'Invalid api_key' }, { status: 401 })],
    ['nobody answers', () => new Error('connection lost')],
    [
      'the number is limited',
      () => Response.json({ health_status: { can_send_message: 'LIMITED' } }),
    ],
  ])('says of WhatsApp that %s', async (_, answer) => {
    wabaWith({ 'GET /health_status': answer });
    expect(await health()).toMatchObject({
      'WhatsApp API': BAD,
      'WhatsApp webhook': { is_ok: true },
    });
  });

  it('says that there is no key', async () => {
    const sent = wabaWith();
    const message = expect.stringContaining('D360_API_KEY');
    const none = { is_ok: false, message };
    const found = await health({ d360ApiKey: undefined });
    expect(found).toMatchObject({ 'WhatsApp API': none, 'WhatsApp webhook': none });
    expect(sent).toEqual([]);
  });
});

describe('the webhook that a new key has dropped', () => {
  const nowhere: FakeWaba = { 'GET /v1/configs/webhook': () => Response.json({ url: '' }) };

  it('is set again where an admin looks', async () => {
    const sent = wabaWith({
      ...nowhere,
      'POST /v1/configs/webhook': ({ body }) => new Response(body),
    });
    expect((await health({}, admin))['WhatsApp webhook']).toEqual({
      is_ok: true,
      message: 'The webhook points nowhere. It was set again.',
    });
    expect(
      sent.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body)),
    ).toEqual([OURS]);
  });

  it('is left to the background where anybody else looks, and asked for once', async () => {
    const sent = wabaWith(nowhere);
    await db.run(sql`insert into refreshes (kind, next_at) values ('webhook', 9e12)`);
    const told = { is_ok: false, message: 'The webhook points nowhere. It will be set again.' };
    for (let look = 0; look < 3; look += 1)
      expect((await health())['WhatsApp webhook']).toEqual(told);
    expect(sent.every(({ method }) => method === 'GET')).toBe(true);
    expect(rungRefreshes).toHaveLength(1);
    const row = await db.first<{ next_at: number }>(sql`select next_at from refreshes`);
    expect(row?.next_at).toBeLessThanOrEqual(Date.now());
  });

  it('is not asked for sooner by who looks while WABA does not take it', async () => {
    wabaWith(nowhere);
    await db.run(sql`insert into refreshes (kind, started_at, next_at, attempts)
      values ('webhook', 1, 9e12, 2)`);
    expect((await health())['WhatsApp webhook']).toEqual(BAD);
    expect(rungRefreshes).toEqual([]);
  });

  it('is said to be missing where WABA does not take it', async () => {
    wabaWith({
      ...nowhere,
      'POST /v1/configs/webhook': () => Response.json({ error: 'no' }, { status: 400 }),
    });
    expect((await health({}, admin))['WhatsApp webhook']).toEqual(BAD);
  });

  it('is said to be missing, and not set, where we do not know what it should be', async () => {
    const sent = wabaWith(nowhere);
    expect((await health({ publicUrl: undefined }, admin))['WhatsApp webhook']).toEqual(BAD);
    expect(sent.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('is not set where it points elsewhere', async () => {
    const sent = wabaWith({
      'GET /v1/configs/webhook': () => Response.json({ url: 'https://other.example/x' }),
    });
    expect((await health({}, admin))['WhatsApp webhook']).toEqual({
      is_ok: false,
      message: 'The webhook points at other.example.',
    });
    expect(sent.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('is nothing that an API without such a call can tell', async () => {
    wabaWith({ 'GET /v1/configs/webhook': () => new Response(null, { status: 404 }) });
    expect((await health())['WhatsApp webhook']).toMatchObject({ is_ok: true });
  });
});

describe('checks', () => {
  it('run side by side, and none longer than its deadline', async () => {
    const running: string[] = [];
    const hang = (name: string) => ({
      name,
      run: () => {
        running.push(name);
        return new Promise<never>(() => undefined);
      },
    });
    const well = { name: 'c', run: async () => ({ isOk: true, message: 'fine' }) };
    const found = await runChecks([hang('a'), hang('b'), well], 20);
    expect(running).toEqual(['a', 'b']);
    const late = { is_ok: false, message: 'No answer within 0.02 seconds.' };
    expect(found).toEqual([
      { check_name: 'a', ...late },
      { check_name: 'b', ...late },
      { check_name: 'c', is_ok: true, message: 'fine' },
    ]);
  });
});
