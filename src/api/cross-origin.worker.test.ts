import { beforeAll, describe, expect, it } from 'vitest';
import { openStack, type StackContext } from '../store/open-stack.ts';
import { env } from 'cloudflare:workers';
import { call, requestApi, tokenFor } from './api.test-support.ts';

const CRM = 'https://crm.example';
const CURRENT = 'https://inbox.example/api/v1/users/current/';

let token: string;

beforeAll(async () => {
  token = await tokenFor('admin', 'admin');
});

/** The default stack with another CORS_ORIGINS. */
function stackFor(...corsOrigins: string[]): StackContext {
  const { config, db, files } = openStack(env, 'default');
  return { config: { ...config, corsOrigins }, db, files };
}

async function preflight(stack: StackContext, origin: string): Promise<Response> {
  const headers = {
    Origin: origin,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'authorization,content-type,x-request-id',
  };
  return requestApi(stack, CURRENT, { method: 'OPTIONS', headers });
}

async function ask(stack: StackContext, headers: Record<string, string>): Promise<Headers> {
  return (await requestApi(stack, CURRENT, { headers })).headers;
}

describe('the pages of another origin', () => {
  it('may not call the API where none is named', async () => {
    const { status, headers } = await call('OPTIONS', CURRENT, { headers: { Origin: CRM } });
    expect(status).toBe(403);
    expect(headers.get('Access-Control-Allow-Origin')).toBeNull();
    const answer = await call('GET', CURRENT, { token, headers: { Origin: CRM } });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
  });

  it('may where theirs is named, with the headers that clients of the service send', async () => {
    const { status, headers } = await preflight(stackFor('https://a.example', CRM), CRM);
    expect(status).toBe(204);
    expect(headers.get('Access-Control-Allow-Origin')).toBe(CRM);
    expect(headers.get('Access-Control-Allow-Methods')).toContain('PATCH');
    for (const name of ['authorization', 'content-type', 'x-request-id']) {
      expect(headers.get('Access-Control-Allow-Headers')).toContain(name);
    }
  });

  it('read answers, also refusals', async () => {
    const stack = stackFor(CRM);
    const right = await ask(stack, { Origin: CRM, Authorization: `Token ${token}` });
    const wrong = await ask(stack, { Origin: CRM, Authorization: 'Token x' });
    for (const headers of [right, wrong]) {
      expect(headers.get('Access-Control-Allow-Origin')).toBe(CRM);
      expect(headers.get('Vary')).toContain('Origin');
    }
  });

  it('may where any may, but not where others are named', async () => {
    expect((await preflight(stackFor('*'), CRM)).headers.get('Access-Control-Allow-Origin')).toBe(
      CRM,
    );
    const other = await preflight(stackFor('https://a.example'), CRM);
    expect(other.headers.get('Access-Control-Allow-Origin')).toBeNull();
  });

  it('are never heard with cookies', async () => {
    for (const stack of [stackFor(CRM), stackFor('*')]) {
      const { headers } = await preflight(stack, CRM);
      expect(headers.get('Access-Control-Allow-Credentials')).toBeNull();
    }
  });
});
