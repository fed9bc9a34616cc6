import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activateUser } from '../support/activate-user.ts';
import { openSocket } from '../support/socket-client.ts';
import { startWorld, type Caller, type Subscriber, type World } from '../support/world.ts';

let world: World;
let admin: Caller;
let agent: Caller & { id: number };
let subscriber: Subscriber;

beforeAll(async () => {
  world = await startWorld();
  ({ admin } = world);
  const { id, activation_url } = await admin.api.createNewUser({
    body: { username: 'agent', first_name: 'Ann', email: 'ann@example.com' },
  });
  await activateUser(activation_url);
  await admin.api.changeUserPassword({ params: { id }, body: { password: 'correct horse' } });
  const login = { username: 'agent', password: 'correct horse' };
  agent = { ...world.caller((await admin.api.createAuthToken({ body: login })).token), id };
  subscriber = await world.subscriber();
  await admin.api.createWabaWebhook({ body: { url: subscriber.url, on_incoming_message: true } });
});

afterAll(() => world?.close());

describe('users', () => {
  it('are listed page by page, and shown', async () => {
    const page = await agent.api.listUsers({ query: { limit: 1, offset: 1 } });
    expect(page).toMatchObject({ count: 2, next: null, results: [{ username: 'agent' }] });
    expect(page.previous).toContain('/api/v1/users/?');
    expect(await agent.api.retrieveUser({ params: { id: agent.id } })).toMatchObject({
      url: `${world.router.url}/api/v1/users/${agent.id}/`,
      email: 'ann@example.com',
      profile: { role: 'user' },
      groups: [{ name: 'Regular user' }],
    });
    await expect(agent.api.retrieveUser({ params: { id: 99 } })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('change their own names; what they may do is for admins to say', async () => {
    const params = { id: agent.id };
    expect(
      await agent.api.partialUpdateUser({ params, body: { last_name: 'Smith' } }),
    ).toMatchObject({ first_name: 'Ann', last_name: 'Smith' });
    const permissions = {
      can_use_tags: false,
      can_read_chats: 'user',
      can_write_to_chats: 'user',
    } as const;
    const body = { username: 'agent', email: 'ann@example.com', permissions };
    await expect(agent.api.updateUser({ params, body })).rejects.toMatchObject({ status: 403 });
    expect(await admin.api.updateUser({ params, body })).toMatchObject({ permissions });
    expect(await agent.api.retrieveCurrentUser()).toMatchObject({ permissions });
    await expect(agent.api.createTag({ body: { name: 'VIP' } })).rejects.toMatchObject({
      status: 403,
    });
  });

  it('say when they are available, and webhooks and websockets are told', async () => {
    const socket = await openSocket(`ws://localhost:${world.router.port}/ws`, admin.token);
    const told = { is_available: false, user: { id: agent.id } };
    const params = { id: agent.id };
    expect(
      await agent.api.updateUserAvailability({ params, body: { is_available: false } }),
    ).toEqual({ is_available: false });
    await expect
      .poll(() => subscriber.with('user_availability'))
      .toMatchObject([{ user_availability: told }]);
    await expect
      .poll(() => JSON.stringify(socket.frames))
      .toContain('"user_availability":{"is_available":false');
    socket.close();
    expect(await admin.api.retrieveUser({ params })).toMatchObject({
      profile: { is_available: false },
    });
  });

  it('who are deactivated are signed out', async () => {
    const params = { id: agent.id };
    await admin.api.partialUpdateUser({ params, body: { is_active: false } });
    await expect(agent.api.listUsers()).rejects.toMatchObject({ status: 403 });
    await admin.api.partialUpdateUser({ params, body: { is_active: true } });
    expect(await agent.api.retrieveCurrentUser()).toMatchObject({ is_active: true });
  });
});

describe('groups', () => {
  it('are three, listed and shown', async () => {
    const { count, results } = await agent.api.listGroups();
    expect([count, results.map(({ name }) => name)]).toEqual([
      3,
      ['Regular user', 'Admin', 'App integration'],
    ]);
    const [first] = results;
    expect(await agent.api.retrieveGroup({ params: { id: first?.id ?? 0 } })).toEqual(first);
    await expect(agent.api.retrieveGroup({ params: { id: 99 } })).rejects.toMatchObject({
      status: 404,
    });
  });
});

describe('a device', () => {
  it('is registered, gets another token, and is deregistered, by its user alone', async () => {
    const made = await agent.api.registerFcmDeviceToken({ body: { token: 'device-1' } });
    expect(agent.status()).toBe(201);
    expect(made).toMatchObject({ token: 'device-1', user: { id: agent.id } });
    expect(await agent.api.registerFcmDeviceToken({ body: { token: 'device-1' } })).toMatchObject({
      id: made.id,
    });
    const params = { id: made.id };
    const body = { token: 'device-2' };
    expect(await agent.api.updateFcmDeviceToken({ params, body })).toMatchObject(body);
    expect(await agent.api.listFcmDeviceTokens({ query: body })).toMatchObject({
      count: 1,
      results: [{ id: made.id, token: 'device-2' }],
    });
    expect((await admin.api.listFcmDeviceTokens()).count).toBe(0);
    await expect(admin.api.deregisterFcmDeviceToken({ params })).rejects.toMatchObject({
      status: 404,
    });
    expect(await agent.api.deregisterFcmDeviceToken({ params })).toBeNull();
    expect((await agent.api.listFcmDeviceTokens()).count).toBe(0);
  });
});

describe('a saved response', () => {
  it('is found by its text by everyone, and deleted by who wrote it', async () => {
    const made = await admin.api.createSavedResponse({ body: { text: 'We open at nine.' } });
    expect(admin.status()).toBe(201);
    await admin.api.createSavedResponse({ body: { text: 'Good bye!' } });
    const found = await agent.api.listSavedResponses({ query: { text: 'OPEN' } });
    expect(found).toMatchObject({ count: 1, results: [made] });
    const params = { id: made.id };
    await expect(agent.api.deleteSavedResponse({ params })).rejects.toMatchObject({ status: 403 });
    expect(await admin.api.deleteSavedResponse({ params })).toBeNull();
    const left = await agent.api.listSavedResponses();
    expect(left.results.map(({ text }) => text)).toEqual(['Good bye!']);
  });
});
