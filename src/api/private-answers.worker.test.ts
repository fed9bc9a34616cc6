import { beforeAll, describe, expect, it } from 'vitest';
import { call, tokenFor } from './api.test-support.ts';

let token: string;

beforeAll(async () => {
  token = await tokenFor('admin', 'admin');
});

describe('an answer of the API', () => {
  it.each([
    ['GET', 'users/current/', 200],
    ['GET', 'chats/', 200],
    ['GET', 'webhooks/waba/', 200],
    ['GET', 'messages/none/', 404],
    ['GET', 'nothing/', 404],
    ['DELETE', 'chats/', 405],
    ['POST', 'messages/', 400],
  ])('%s %s is kept by no cache', async (method, path, status) => {
    const body = method === 'POST' ? { json: {} } : {};
    const answer = await call(method, `/api/v1/${path}`, { token, ...body });
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([status, 'no-store']);
  });

  it('to whoever is not signed in is kept by none either', async () => {
    const answer = await call('GET', '/api/v1/users/current/');
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([403, 'no-store']);
    const activation = await call('GET', '/activate/nothing/');
    expect(activation.headers.get('Cache-Control')).toBe('no-store');
  });

  it('that shows the credentials of a webhook is kept by none', async () => {
    const json = { url: 'https://example.com/', headers: { Authorization: 'Token s3cret' } };
    const made = await call('POST', '/api/v1/webhooks/waba/', { token, json });
    const id = Number(Reflect.get(Object(made.body), 'id'));
    const path = `/api/v1/webhooks/waba/${id}/`;
    for (const [method, request] of [
      ['GET', {}],
      ['PATCH', { json: { on_assigned: true } }],
      ['PUT', { json }],
    ] as const) {
      const answer = await call(method, path, { token, ...request });
      expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([200, 'no-store']);
    }
  });
});
