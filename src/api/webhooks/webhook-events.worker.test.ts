import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { deliveriesOf, nextPart, readEvents } from '../../delivery/event-item.ts';
import type { EventRow } from '../../events/event.ts';
import { loadSubscriptions } from '../../webhooks/subscriptions.ts';
import { call, make, PEOPLE, preparePeople, stack, type Who } from './webhooks.test-support.ts';

const { db, files } = stack;

beforeEach(preparePeople);

interface Page {
  results: Record<string, unknown>[];
  next: string | null;
  last_sequence: number;
}

/** Stores an event; returns its sequence number. */
async function store(event: Partial<EventRow> = {}): Promise<number> {
  const { kind = 'waba', body = '{"entry":[]}', fields = '["messages"]', in_r2 = 0 } = event;
  const { id = crypto.randomUUID(), chats = '[]', incoming = '[]' } = event;
  const { extended = '{"messages":[{"id":"wamid.1"}]}' } = event;
  const row = await db.first<{ seq: number }>(sql`
    insert into events (id, kind, created_at, body, extended, in_r2, fields, chats, incoming)
    values (${id}, ${kind}, 1760000000999, ${body}, ${extended}, ${in_r2}, ${fields}, ${chats}, ${incoming})
    returning seq`);
  return row?.seq ?? 0;
}

async function storeMany(count: number, kind: EventRow['kind']): Promise<void> {
  await db.run(sql`
    insert into events (id, kind, created_at, body, extended, fields, chats, incoming)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${count})
    select 'many-' || i, ${kind}, 1, '{}', '{}', '["messages"]', '[]', '[]' from n`);
}

async function read(id: number, query = '', who: Who = 'ann'): Promise<Page> {
  const response = await call(who, 'GET', `${id}/events/${query}`);
  expect(response.status).toBe(200);
  return response.json<Page>();
}

function sequences({ results }: Page): unknown[] {
  return results.map((event) => event['sequence']);
}

describe('the events of a webhook', () => {
  it('are what its deliveries carry, with the same webhook-id', async () => {
    const original = await make('ann', { on_cloud_api: true, fields: ['messages'] });
    const extended = await make('ann', { on_incoming_message: true, on_outgoing_message: true });
    await store({ body: '{ "entry" : [1.0, 12345678901234567890, "\\u00e9"] }' });
    await store({ kind: 'outgoing', body: null, extended: '{"outgoing_messages":[{"id":"a"}]}' });
    await store({ fields: '["statuses"]', extended: '{"statuses":[{"id":"wamid.2"}]}' });
    await store({ extended: '{}' });
    await store({ kind: 'failure', body: null });
    const rows = await db.all<EventRow>(sql`select * from events order by seq`);
    const subscriptions = await loadSubscriptions(stack);
    for (const { id } of [original, extended]) {
      const deliveries = readEvents(rows).events.flatMap((event) =>
        deliveriesOf(
          event,
          subscriptions.filter((subscription) => subscription.id === id),
        ),
      );
      const parts = await Promise.all(
        deliveries.map((one) => nextPart(one, { stack, dialects: {} })),
      );
      const sent = parts.flatMap((part) => {
        if (part === null || part === 'several') return [];
        return [[part.request.id, new TextDecoder().decode(part.request.body)]];
      });
      const { results } = await read(id);
      expect(results.length).toBeGreaterThan(0);
      const listed = results.map(({ webhook_id, body, payload }) => [
        webhook_id,
        body ?? JSON.stringify(payload),
      ]);
      expect(listed).toEqual(sent);
    }
  });

  it('are a text for on_cloud_api and an object in the get.chat shape', async () => {
    const { id: original } = await make('ann', { on_cloud_api: true });
    const { id: extended } = await make('ann', { on_incoming_message: true });
    const sequence = await store({ id: 'e-1', body: '{ "entry": [] }' });
    const head = { sequence, created_at: 1760000000 };
    expect((await read(original)).results).toEqual([
      { ...head, webhook_id: `e-1.${original}`, shape: 'cloud_api', body: '{ "entry": [] }' },
    ]);
    expect((await read(extended)).results).toEqual([
      {
        ...head,
        webhook_id: `e-1.${extended}`,
        shape: 'extended',
        payload: { messages: [{ id: 'wamid.1' }] },
      },
    ]);
  });

  it('have their bodies from R2 where they lie there', async () => {
    const { id } = await make('ann', { on_cloud_api: true });
    await files.put('events/large/body', '{"large":1}');
    await files.put('events/large/extended', '{}');
    await store({ id: 'large', body: null, extended: null, in_r2: 1 });
    expect((await read(id)).results).toMatchObject([{ body: '{"large":1}' }]);
  });

  it('go on where the contents of one are lost, or its row cannot be read', async () => {
    const { id } = await make('ann', { on_cloud_api: true });
    await store({ id: 'lost', body: null, extended: null, in_r2: 1 });
    await store({ id: 'poison', chats: '{' });
    const sequence = await store();
    expect(sequences(await read(id))).toEqual([sequence]);
  });

  it('are only those after its creation', async () => {
    await store();
    const { id } = await make('ann', { on_incoming_message: true });
    const sequence = await store();
    expect(sequences(await read(id))).toEqual([sequence]);
  });

  it('are told without what belongs to chats that its user may not read', async () => {
    const { id } = await make('groupie', { on_incoming_message: true });
    const mine = PEOPLE.groupie;
    const sequence = await store({
      chats: `[{"wa_id":"491","assigned_user_id":${mine},"assigned_group_id":null},
        {"wa_id":"492","assigned_user_id":null,"assigned_group_id":null}]`,
      extended: '{"incoming_messages":[{"customer_wa_id":"491"},{"customer_wa_id":"492"}]}',
    });
    await store({
      chats: '[{"wa_id":"492","assigned_user_id":null,"assigned_group_id":null}]',
      extended: '{"incoming_messages":[{"customer_wa_id":"492"}]}',
    });
    // An admin who asks is shown what the webhook gets, not what an admin may read.
    for (const who of ['groupie', 'admin'] as const) {
      expect(await read(id, '', who)).toMatchObject({
        results: [{ sequence, payload: { incoming_messages: [{ customer_wa_id: '491' }] } }],
        last_sequence: sequence + 1,
      });
    }
  });

  it('are there while it is disabled', async () => {
    const { id } = await make('ann', { on_incoming_message: true, is_enabled: false });
    const sequence = await store();
    expect(sequences(await read(id))).toEqual([sequence]);
  });

  it('are none where its user was deactivated', async () => {
    const { id } = await make('ann', { on_incoming_message: true });
    const sequence = await store();
    await db.run(sql`update users set is_active = 0 where id = ${PEOPLE.ann}`);
    expect(await read(id, '', 'admin')).toEqual({
      results: [],
      next: null,
      last_sequence: sequence,
    });
  });

  it.each<[Who, number]>([
    ['ann', 200],
    ['admin', 200],
    ['ben', 404],
  ])('are shown to its user and to admins: to %s, %i', async (who, status) => {
    const { id } = await make('ann', { on_incoming_message: true });
    expect((await call(who, 'GET', `${id}/events/`)).status).toBe(status);
  });

  it.each(['999999', 'abc'])('are not found of the webhook %s', async (id) => {
    expect((await call('admin', 'GET', `${id}/events/`)).status).toBe(404);
  });
});

describe('a page of events', () => {
  it('has twenty where nothing is said, at most a hundred, and links to the next', async () => {
    const { id } = await make('ann', { on_cloud_api: true });
    await storeMany(130, 'waba');
    expect((await read(id)).results).toHaveLength(20);
    expect((await read(id, '?limit=nonsense')).results).toHaveLength(20);
    const page = await read(id, '?limit=5000');
    expect(page).toMatchObject({
      next: `https://inbox.example.com/api/v1/webhooks/waba/${id}/events/?limit=5000&after=100`,
      last_sequence: 100,
    });
    const last = await read(id, new URL(page.next ?? '').search);
    expect([sequences(last).length, last.next, last.last_sequence]).toEqual([30, null, 130]);
  });

  it('is followed by others until every event was listed once', async () => {
    const { id } = await make('ann', { on_incoming_message: true });
    const wanted: number[] = [];
    for (let index = 0; index < 45; index += 1) {
      if (index % 3 === 0) wanted.push(await store());
      else await store({ kind: index % 3 === 1 ? 'outgoing' : 'waba', extended: '{}' });
    }
    const listed: unknown[] = [];
    let query: string | undefined = '?limit=4';
    while (query !== undefined) {
      const page: Page = await read(id, query);
      listed.push(...sequences(page));
      query = page.next === null ? undefined : new URL(page.next).search;
    }
    expect(listed).toEqual(wanted);
  });

  it('ends after 500 events where nothing matches, and says where to go on', async () => {
    const { id } = await make('ann', { on_incoming_message: true });
    await storeMany(501, 'outgoing');
    const sequence = await store();
    const page = await read(id);
    expect([page.results, page.last_sequence]).toEqual([[], 500]);
    const last = await read(id, new URL(page.next ?? '').search);
    expect([sequences(last), last.next, last.last_sequence]).toEqual([[sequence], null, sequence]);
  });

  it('is empty at the end, and says the same place again', async () => {
    const { id } = await make('ann', { on_incoming_message: true });
    const sequence = await store();
    const end = { results: [], next: null, last_sequence: sequence };
    expect(await read(id, `?after=${sequence}`)).toEqual(end);
    expect(await read(id, `?after=${sequence + 1_000_000}`)).toEqual(end);
  });

  it('ends early where its bodies are large', async () => {
    const { id } = await make('ann', { on_cloud_api: true });
    const body = JSON.stringify({ text: 'x'.repeat(1_400_000) });
    for (let index = 0; index < 8; index += 1) await store({ body });
    const page = await read(id);
    expect([sequences(page), page.last_sequence]).toEqual([[1, 2, 3, 4, 5, 6], 6]);
    const last = await read(id, new URL(page.next ?? '').search);
    expect([sequences(last), last.next]).toEqual([[7, 8], null]);
  });

  it.each(['-1', '1.5', 'abc', '99999999999999999999'])(
    'is refused for after=%s, by name',
    async (after) => {
      const { id } = await make('ann');
      const response = await call('ann', 'GET', `${id}/events/?after=${after}`);
      expect([response.status, await response.json()]).toEqual([
        400,
        { after: [expect.any(String)], reason: expect.any(String) },
      ]);
    },
  );
});
