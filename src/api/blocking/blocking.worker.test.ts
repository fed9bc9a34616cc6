import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from '../../auth/user.ts';
import { stack } from '../../inbox/media/media.test-support.ts';
import { refreshBlocked } from '../../inbox/blocking/refresh-blocked.ts';
import { clearInbox, seedChat, seedMessages, seedUser } from '../../inbox/seed.test-support.ts';
import { askWhatsApp, fakeWaba, metaError } from '../whatsapp.test-support.ts';

const { db } = stack;
const WABA = '/block_users';
const ANN = '4910000001';
const BOB = '4910000002';
const HIDDEN = 'US.13491208655302741918';

let admin: User;
let agent: User;

beforeEach(async () => {
  await clearInbox();
  await db.run(sql`delete from refreshes`);
  admin = await seedUser('admin', { role: 'admin' });
  agent = await seedUser('agent', { canReadChats: 'user' });
  await seedMessages([{ chat: ANN, timestamp: 10, id: 'message-1', wabaId: 'wamid.1' }]);
  await seedChat(BOB, { assignedUserId: agent.id });
  await seedChat(HIDDEN);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** A WABA that blocks and unblocks whoever it is told. */
function takingWaba() {
  const done = (list: string) => () =>
    Response.json({ messaging_product: 'whatsapp', block_users: { [list]: [{ input: '1' }] } });
  return fakeWaba({
    [`POST ${WABA}`]: done('added_users'),
    [`DELETE ${WABA}`]: done('removed_users'),
  });
}

async function marks(column: 'blocked_at' | 'reported_at'): Promise<unknown[]> {
  const rows = await db.all<{ wa_id: string }>(
    sql`select wa_id from chats where ${sql.raw(column)} is not null order by wa_id`,
  );
  return rows.map(({ wa_id }) => wa_id);
}

async function listed(user: User, query = ''): Promise<unknown[]> {
  const { body } = await askWhatsApp(user, 'GET', `/contacts/blocked/${query}`);
  return (body['contacts'] as { wa_id: string }[]).map(({ wa_id }) => wa_id);
}

describe('blocking a contact', () => {
  it.each([
    ['in the path', `/contacts/${ANN}/block/`],
    ['in the query', `/contacts/block/?wa_id=${ANN}`],
    ['with a plus sign', `/contacts/block/?wa_id=%2B${ANN}`],
  ])('is done at WhatsApp and marked here: %s', async (_, path) => {
    const sent = takingWaba();
    const answer = await askWhatsApp(admin, 'POST', path, { json: { reason: 'spam' } });
    expect([answer.status, answer.body]).toEqual([200, {}]);
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      messaging_product: 'whatsapp',
      block_users: [{ user: `+${ANN}` }],
    });
    expect(await marks('blocked_at')).toEqual([ANN]);
  });

  it('names someone without a number by the user id', async () => {
    const sent = takingWaba();
    expect((await askWhatsApp(admin, 'POST', `/contacts/${HIDDEN}/block/`)).status).toBe(200);
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({ block_users: [{ user_id: HIDDEN }] });
  });

  it.each([
    ['an error', () => metaError(400, 139100, 'not in the last 24 hours')],
    [
      'a list of those who failed',
      () =>
        Response.json({
          block_users: { failed_users: [{ errors: [{ message: 'not in the last 24 hours' }] }] },
        }),
    ],
  ])('is refused where WhatsApp does, by %s', async (_, answer) => {
    fakeWaba({ [`POST ${WABA}`]: answer });
    const { status, body } = await askWhatsApp(admin, 'POST', `/contacts/${ANN}/block/`);
    expect([status, body['reason']]).toEqual([400, expect.stringContaining('24 hours')]);
    expect(await marks('blocked_at')).toEqual([]);
  });

  it('is unavailable while WhatsApp is', async () => {
    fakeWaba({ [`POST ${WABA}`]: () => new Error('connection lost') });
    expect((await askWhatsApp(admin, 'POST', `/contacts/${ANN}/block/`)).status).toBe(503);
    expect(await marks('blocked_at')).toEqual([]);
  });

  it('needs the right to read and to write to the chat', async () => {
    const sent = takingWaba();
    const status = async (user: User, waId: string) =>
      (await askWhatsApp(user, 'POST', `/contacts/${waId}/block/`)).status;
    expect(await status(agent, ANN)).toBe(404);
    expect(await status(agent, '4919999999')).toBe(404);
    expect(await status({ ...agent, canWriteToChats: 'none' }, BOB)).toBe(403);
    expect(await status({ ...admin, canWriteToChats: 'user' }, '4919999999')).toBe(403);
    expect(sent).toEqual([]);
    expect(await status(agent, BOB)).toBe(200);
    expect(await status(admin, '4919999999')).toBe(200);
  });

  it.each([
    [`/contacts/${ANN}/block/`, { reason: 'x'.repeat(61) }, ['reason']],
    [`/contacts/${ANN}/block/`, { reason: {} }, ['reason']],
    [`/contacts/${ANN}/block/`, [], ['non_field_errors']],
    ['/contacts/block/', {}, ['wa_id']],
    ['/contacts/block/?wa_id=', {}, ['wa_id']],
    ['/contacts/nobody/block/', {}, ['wa_id']],
    [`/contacts/${ANN}/report/`, { block: 'maybe' }, ['block']],
    [`/contacts/${ANN}/report/`, { message_id: 'wamid.9' }, ['message_id']],
    [`/contacts/${ANN}/report/`, { message_id: {} }, ['message_id']],
  ])('is refused at %s with %j', async (path, json, fields) => {
    const sent = takingWaba();
    const { status, body } = await askWhatsApp(admin, 'POST', path, { json });
    expect([status, new Set(Object.keys(body))]).toEqual([400, new Set([...fields, 'reason'])]);
    expect(body['reason']).toEqual(expect.any(String));
    expect(sent).toEqual([]);
    expect(await marks('reported_at')).toEqual([]);
  });
});

describe('unblocking a contact', () => {
  it('is done at WhatsApp and here', async () => {
    const sent = takingWaba();
    await askWhatsApp(admin, 'POST', `/contacts/${ANN}/block/`);
    const path = `/contacts/unblock/?wa_id=${ANN}`;
    expect((await askWhatsApp(admin, 'POST', path)).status).toBe(200);
    expect(sent[1]).toMatchObject({ method: 'DELETE' });
    expect(JSON.parse(sent[1]?.body ?? '')).toMatchObject({ block_users: [{ user: `+${ANN}` }] });
    expect(await marks('blocked_at')).toEqual([]);
  });

  it('leaves the block where WhatsApp refuses', async () => {
    takingWaba();
    await askWhatsApp(admin, 'POST', `/contacts/${ANN}/block/`);
    fakeWaba({ [`DELETE ${WABA}`]: () => metaError(400, 100, 'no') });
    expect((await askWhatsApp(admin, 'POST', `/contacts/${ANN}/unblock/`)).status).toBe(400);
    expect(await marks('blocked_at')).toEqual([ANN]);
  });
});

describe('reporting a contact', () => {
  it('is a mark of this inbox', async () => {
    const sent = takingWaba();
    const json = { reason: 'spam', message_id: 'message-1' };
    expect((await askWhatsApp(admin, 'POST', `/contacts/${ANN}/report/`, { json })).body).toEqual(
      {},
    );
    expect(sent).toEqual([]);
    expect([await marks('reported_at'), await marks('blocked_at')]).toEqual([[ANN], []]);
  });

  it('blocks, too, where that is asked for; nothing is marked where that fails', async () => {
    const ask = () =>
      askWhatsApp(admin, 'POST', `/contacts/report/?wa_id=${ANN}`, {
        body: new URLSearchParams({ block: 'true', message_id: 'wamid.1' }),
      });
    fakeWaba({ [`POST ${WABA}`]: () => metaError(400, 139100, 'no') });
    expect((await ask()).status).toBe(400);
    expect(await marks('reported_at')).toEqual([]);
    takingWaba();
    expect((await ask()).status).toBe(200);
    expect([await marks('reported_at'), await marks('blocked_at')]).toEqual([[ANN], [ANN]]);
  });

  it('is for contacts with a chat', async () => {
    expect((await askWhatsApp(admin, 'POST', '/contacts/4919999999/report/')).status).toBe(404);
    expect((await askWhatsApp(agent, 'POST', `/contacts/${ANN}/report/`)).status).toBe(404);
  });
});

describe('the blocked contacts', () => {
  it('are those whose chats one may read, in parts', async () => {
    takingWaba();
    for (const waId of [ANN, BOB, HIDDEN])
      await askWhatsApp(admin, 'POST', `/contacts/${waId}/block/`);
    expect(await listed(admin)).toEqual([ANN, HIDDEN, BOB]);
    expect(await listed(agent)).toEqual([BOB]);
    expect(await listed(admin, `?phone_number=%2B${BOB}`)).toEqual([BOB]);
    expect(await listed(admin, '?phone_number=999')).toEqual([]);
    const { body } = await askWhatsApp(admin, 'GET', '/contacts/blocked/?limit=1&offset=1');
    expect(body).toMatchObject({
      contacts: [{ input: HIDDEN, wa_id: HIDDEN }],
      pagination: { count: 3, limit: 1, offset: 1, next: expect.stringContaining('offset=2') },
    });
  });

  it('are read by an index of their own', async () => {
    const plan = await db.all<{ detail: string }>(sql`
      explain query plan select c.wa_id from chats c where c.blocked_at is not null
      order by c.last_message desc, c.wa_id desc limit 10`);
    expect(plan.map(({ detail }) => detail).join()).toMatch(/INDEX chats_blocked$/);
  });

  it('are refreshed from WhatsApp over all its pages', async () => {
    takingWaba();
    await askWhatsApp(admin, 'POST', `/contacts/${ANN}/block/`);
    const pages: Record<string, unknown> = {
      '': { data: [{ block_users: [{ input: `+${BOB}`, wa_id: BOB }] }], after: 'x' },
      x: { data: [{ messaging_product: 'whatsapp', user_id: HIDDEN }], after: 'y' },
      y: { data: [] },
    };
    fakeWaba({
      [`GET ${WABA}`]: ({ url }) => {
        const cursor = new URL(url).searchParams.get('after') ?? '';
        const { data, after } = Object(pages[cursor]) as { data: unknown; after?: string };
        return Response.json({ data, paging: { cursors: { after } } });
      },
    });
    await db.run(sql`insert into refreshes (kind, started_at, next_at) values ('blocked', 5, 0)`);
    const run = { kind: 'blocked', startedAt: 5, cursor: '' } as const;
    const { writes, cursor } = await refreshBlocked(stack, run);
    await db.batch(writes);
    expect([cursor, await marks('blocked_at')]).toEqual([undefined, [BOB, HIDDEN]]);
  });

  it('are known by their user id where WhatsApp names it only as what was put in', async () => {
    takingWaba();
    await askWhatsApp(admin, 'POST', `/contacts/${HIDDEN}/block/`);
    fakeWaba({ [`GET ${WABA}`]: () => Response.json({ data: [{ input: HIDDEN }] }) });
    await db.run(sql`insert into refreshes (kind, started_at, next_at) values ('blocked', 5, 0)`);
    const { writes } = await refreshBlocked(stack, { kind: 'blocked', startedAt: 5, cursor: '' });
    await db.batch(writes);
    expect(await marks('blocked_at')).toEqual([HIDDEN]);
  });

  it('stay as we made them when a refresh under way had read them before', async () => {
    fakeWaba({ [`GET ${WABA}`]: () => Response.json({ data: [] }) });
    await db.run(sql`insert into refreshes (kind, started_at, next_at) values ('blocked', 5, 0)`);
    const { writes } = await refreshBlocked(stack, { kind: 'blocked', startedAt: 5, cursor: '' });
    takingWaba();
    await askWhatsApp(admin, 'POST', `/contacts/${ANN}/block/`);
    await db.batch(writes);
    expect(await marks('blocked_at')).toEqual([ANN]);
  });
});

describe('verifying contacts', () => {
  it('says which can be numbers or user ids', async () => {
    const contacts = ['+49 (100) 200-300', 'US.1349', 'nobody'];
    const json = { blocking: 'wait', contacts, force_check: true };
    const { status, body } = await askWhatsApp(agent, 'POST', '/contacts/verify/', { json });
    expect([status, body]).toEqual([
      200,
      {
        contacts: [
          { input: '+49 (100) 200-300', status: 'valid', wa_id: '49100200300' },
          { input: 'US.1349', status: 'valid', wa_id: 'US.1349' },
          { input: 'nobody', status: 'invalid' },
        ],
      },
    ]);
  });

  it('takes a form with one number', async () => {
    const body = new URLSearchParams({ contacts: '+49100200300' });
    const answer = await askWhatsApp(agent, 'POST', '/contacts/verify/', { body });
    expect(answer.body).toMatchObject({ contacts: [{ status: 'valid' }] });
  });

  it.each([
    [{}, ['contacts']],
    [{ contacts: [] }, ['contacts']],
    [{ contacts: 7 }, ['contacts']],
    [{ contacts: [{}] }, ['contacts']],
    [{ contacts: Array.from({ length: 1_001 }, () => '1') }, ['contacts']],
    [{ contacts: ['1'], blocking: 'never' }, ['blocking']],
    [{ contacts: ['1'], force_check: 'maybe' }, ['force_check']],
  ])('is refused with %#', async (json, fields) => {
    const { status, body } = await askWhatsApp(agent, 'POST', '/contacts/verify/', { json });
    expect([status, new Set(Object.keys(body))]).toEqual([400, new Set([...fields, 'reason'])]);
    expect(body['reason']).toEqual(expect.any(String));
  });
});
