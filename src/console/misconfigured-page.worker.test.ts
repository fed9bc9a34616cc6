import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Env } from '../bindings.ts';
import worker from '../index.ts';

let said: string[];

beforeEach(() => {
  said = [];
  const note = (line: string): void => void said.push(line);
  vi.spyOn(console, 'log').mockImplementation(note);
  vi.spyOn(console, 'error').mockImplementation(note);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Asks a Worker whose settings are the tests' but for those given. */
async function ask(
  settings: Record<string, unknown>,
  path: string,
  { host = 'localhost', ...init }: RequestInit & { host?: string } = {},
): Promise<Response> {
  const context = createExecutionContext();
  const bindings = { ...env, ...settings } as unknown as Env;
  const response = await worker.fetch(
    new Request(`http://${host}${path}`, init),
    bindings,
    context,
  );
  await waitOnExecutionContext(context);
  return response;
}

const PAGE = { headers: { accept: 'text/html' } };

describe('a deployment with a setting that is missing or wrong', () => {
  it.each([
    [{ SECRET_KEY: undefined }, 'SECRET_KEY', 'is missing'],
    [{ SECRET_KEY: 'a secret that is' }, 'SECRET_KEY', 'must have at least 32 characters'],
    [{ PUBLIC_URL: 'hub.nowhere.example' }, 'PUBLIC_URL', 'must be a URL'],
    [{ WABA_API_URL: 'waba' }, 'WABA_API_URL', 'must be a URL'],
    [{ FCM_SERVICE_ACCOUNT: '{"a":1}' }, 'FCM_SERVICE_ACCOUNT', 'must be the JSON'],
    [{ CONTACT_PROVIDERS: 'our books' }, 'CONTACT_PROVIDERS', 'must be JSON'],
    [{ EMAIL_FROM: 'nobody' }, 'EMAIL_FROM', 'must be an e-mail address'],
    [{ EVENTS: undefined }, 'EVENTS', 'is not bound'],
    [{ BUCKET: undefined }, 'BUCKET', 'is not bound'],
    [{ DB: undefined }, 'DB', 'is not bound'],
  ])('says so on /readyz, its front page and in its log: %j', async (settings, name, problem) => {
    const ready = await ask(settings, '/readyz');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      status: 'misconfigured',
      settings: { [name]: [expect.stringContaining(problem)] },
      detail: expect.stringContaining(`${name} ${problem}`),
    });
    const page = await ask(settings, '/', PAGE);
    expect(page.status).toBe(503);
    expect(page.headers.get('content-type')).toMatch('text/html');
    const html = await page.text();
    expect(html).toContain(`<code>${name}</code> ${problem}`);
    const values = Object.values(settings).filter((value) => typeof value === 'string');
    expect(values.filter((value) => (html + said.join()).includes(value))).toEqual([]);
  });

  it('has one log line for it, however often it is asked', async () => {
    vi.resetModules();
    const { default: fresh } = await import('../index.ts');
    const bindings = { ...env, SECRET_KEY: '' } as unknown as Env;
    for (let times = 0; times < 3; times += 1)
      await fresh.fetch(new Request('http://localhost/readyz'), bindings, createExecutionContext());
    const lines = said.filter((line) => line.includes('"event":"misconfigured"'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('SECRET_KEY is missing');
  });

  it('tells programs in JSON, WhatsApp among them, who send again', async () => {
    const call = { method: 'POST', body: '{}' };
    const response = await ask({ SECRET_KEY: '' }, '/waba/webhook', call);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ settings: { SECRET_KEY: ['is missing'] } });
    expect((await ask({ SECRET_KEY: '' }, '/api/v1/chats/', PAGE)).status).toBe(503);
  });

  it('names a PUBLIC_URL that is none at the very host it was meant for', async () => {
    const settings = { PUBLIC_URL: 'inbox.example.com' };
    const response = await ask(settings, '/readyz', { host: 'inbox.example.com' });
    expect(await response.json()).toMatchObject({ settings: { PUBLIC_URL: [expect.anything()] } });
  });

  it('names PUBLIC_URL where a host means no stack and it is not set', async () => {
    const response = await ask({}, '/readyz', { host: 'inbox.example.com' });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ detail: expect.stringContaining('set PUBLIC_URL') });
  });

  it('is alive all the same', async () => {
    expect((await ask({ SECRET_KEY: undefined }, '/healthz')).status).toBe(200);
  });
});

describe('the front page of a stack that lacks settings it can do without', () => {
  it('says what does not work for want of which', async () => {
    const html = await (await ask({ D360_API_KEY: '', WEBHOOK_TOKEN: '' }, '/', PAGE)).text();
    expect(html).toContain('Nothing can be sent: D360_API_KEY is not set.');
    expect(html).toContain('Nothing can be received: WEBHOOK_TOKEN is not set');
  });

  it('says nothing where it has all', async () => {
    const page = await ask({ PUBLIC_URL: 'http://localhost' }, '/', PAGE);
    expect(await page.text()).not.toContain('role="alert"');
  });
});
