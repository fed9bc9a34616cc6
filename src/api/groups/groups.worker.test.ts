import { beforeAll, describe, expect, it } from 'vitest';
import { appUser, call, tokenFor } from '../api.test-support.ts';

const GROUPS = '/api/v1/groups/';

let token: string;

beforeAll(async () => {
  ({ token } = await appUser(await tokenFor('admin', 'admin'), 'grouped'));
});

describe('GET /groups/', () => {
  it('lists the groups by id, also to one who is no admin', async () => {
    expect(await call('GET', `${GROUPS}?limit=2`, { token })).toMatchObject({
      status: 200,
      body: {
        count: 3,
        next: 'https://inbox.example/api/v1/groups/?limit=2&offset=2',
        previous: null,
        results: [
          { id: 1, name: 'Regular user' },
          { id: 2, name: 'Admin' },
        ],
      },
    });
    expect(await call('GET', `${GROUPS}?offset=2`, { token })).toMatchObject({
      body: { results: [{ id: 3, name: 'App integration' }] },
    });
  });

  it('is for those who are signed in, and groups are not made here', async () => {
    expect(await call('GET', GROUPS)).toMatchObject({ status: 403 });
    expect(await call('POST', GROUPS, { token, json: { name: 'x' } })).toMatchObject({
      status: 405,
    });
  });
});

describe('GET /groups/{id}/', () => {
  it('shows a group', async () => {
    expect(await call('GET', `${GROUPS}3/`, { token })).toMatchObject({
      status: 200,
      body: { id: 3, name: 'App integration' },
    });
  });

  it.each(['0', '99', 'x', '-1', '1.5'])('answers 404 to the id %s', async (id) => {
    expect(await call('GET', `${GROUPS}${id}/`, { token })).toMatchObject({ status: 404 });
  });
});
