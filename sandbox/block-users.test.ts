import { describe, expect, it } from 'vitest';
import { codeOf, setUp, type Setup } from './set-up.test-support.ts';

const PATH = '/block_users';
const ANN = '16505550001';
const BOB = '16505550002';

const request = (...users: object[]) => ({ messaging_product: 'whatsapp', block_users: users });

async function listed({ waba }: Setup, query = ''): Promise<unknown[]> {
  const { body } = await waba('GET', PATH + query);
  const pages = body['data'] as { block_users: { wa_id: string }[] }[];
  return pages.flatMap((page) => page.block_users.map((user) => user.wa_id));
}

describe('blocking', () => {
  it('takes who wrote within a day, who then reaches the business no more', async () => {
    const setup = await setUp();
    await setup.phone(ANN, { text: 'hi' });
    const reply = await setup.waba('POST', PATH, request({ user: `+${ANN}` }));
    expect(reply).toMatchObject({
      status: 200,
      body: { block_users: { added_users: [{ input: `+${ANN}`, wa_id: ANN }] } },
    });
    expect((await setup.phone(ANN, { text: 'again' })).status).toBe(403);
    expect(await listed(setup)).toEqual([ANN]);
    expect(setup.sandbox.changes).toMatchObject([{ method: 'POST', path: PATH }]);
  });

  it('refuses others with 139100, says who failed, and does the rest', async () => {
    const setup = await setUp();
    await setup.phone(ANN, { text: 'hi' });
    const reply = await setup.waba('POST', PATH, request({ user: BOB }, { user: ANN }));
    expect([reply.status, codeOf(reply)]).toEqual([400, 139_100]);
    expect(reply.body['block_users']).toMatchObject({
      added_users: [{ wa_id: ANN }],
      failed_users: [{ wa_id: BOB, errors: [{ code: 139_101 }] }],
    });
    expect(await listed(setup)).toEqual([ANN]);
  });

  it('takes a user id for who shows no number', async () => {
    const setup = await setUp();
    await setup.phone('US.123', { text: 'hi' });
    const reply = await setup.waba('POST', PATH, request({ user_id: 'US.123' }));
    expect(reply.body['block_users']).toMatchObject({ added_users: [{ user_id: 'US.123' }] });
  });

  it('ends by DELETE with a body, at any time', async () => {
    const setup = await setUp();
    await setup.phone(ANN, { text: 'hi' });
    await setup.waba('POST', PATH, request({ user: ANN }));
    const reply = await setup.waba('DELETE', PATH, request({ user: ANN }));
    expect(reply.body['block_users']).toMatchObject({ removed_users: [{ wa_id: ANN }] });
    expect(await listed(setup)).toEqual([]);
    expect((await setup.phone(ANN, { text: 'back' })).status).toBe(202);
  });

  it('is listed in pages', async () => {
    const setup = await setUp();
    for (const customer of [ANN, BOB]) {
      await setup.phone(customer, { text: 'hi' });
      await setup.waba('POST', PATH, request({ user: customer }));
    }
    const { body } = await setup.waba('GET', `${PATH}?limit=1`);
    const { after } = (body['paging'] as { cursors: { after: string } }).cursors;
    expect(await listed(setup, `?limit=1&after=${after}`)).toEqual([BOB]);
    expect((await setup.waba('GET', `${PATH}?limit=2000`)).status).toBe(400);
  });

  it.each([
    [{ block_users: [{ user: ANN }] }],
    [request()],
    [request({})],
    [request({ user: ANN, user_id: 'US.1' })],
    [request({ user: 'nobody' })],
    [request({ user_id: 'nobody' })],
    [request({ user: ANN, colour: 'red' })],
  ])('is refused as %j', async (body) => {
    const setup = await setUp();
    expect((await setup.waba('POST', PATH, body)).status).toBe(400);
    expect(setup.sandbox.changes).toEqual([]);
  });
});
