import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, WaypostError } from '../client/index.js';
import { ApiClient } from './support/api-client.ts';
import { startRouter, type Router } from './support/router.ts';

const ROOT = join(import.meta.dirname, '..');

let router: Router;
let token: string;

beforeAll(async () => {
  router = await startRouter();
  ({ token } = await ApiClient.signIn(router.url));
});

afterAll(async () => {
  await router.close();
});

describe('/api/', () => {
  it('shows the API to browse, from this host alone', async () => {
    const response = await fetch(`${router.url}/api/`);
    expect(response.headers.get('Content-Type')).toContain('text/html');
    const page = await response.text();
    expect(page).toContain('<title>API · Waypost</title>');
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    for (const [, name] of page.matchAll(/(?:src|href)="([\w.]+)"/g)) {
      expect(await fetch(`${router.url}/api/${name}`)).toMatchObject({ status: 200 });
    }
  });

  it('has the document for programs', async () => {
    const response = await fetch(`${router.url}/api/openapi.json`);
    expect(await response.json()).toMatchObject({ openapi: '3.1.0', info: { title: 'Waypost' } });
  });

  it('leaves the API itself to the router', async () => {
    expect((await fetch(`${router.url}/api/v1`)).headers.get('Content-Type')).toContain('json');
    expect((await fetch(`${router.url}/api/v1/chats/`)).status).toBe(403);
    expect((await fetch(`${router.url}/api/nothing`)).status).toBe(404);
  });
});

describe('the client', () => {
  it('does what the README shows', async () => {
    const example = /```js\n(import[^]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'));
    const script = (example?.[1] ?? '').replace('http://localhost:8787', router.url);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { cwd: ROOT, env: { ...process.env, TOKEN: token } },
    );
    expect(stdout).toMatch(/^0\n[\da-f-]{36}\n$/);
  });

  it('tells types, answers and refusals', async () => {
    const waypost = connect({ url: router.url, token });
    const tag = await waypost.createTag({ body: { name: 'VIP' } });
    const name: string = tag.name;
    expect(name).toBe('VIP');
    expect(await waypost.destroyTag({ params: { id: tag.id } })).toBeNull();
    const refusal = waypost.destroyTag({ params: { id: tag.id } });
    await expect(refusal).rejects.toThrow('destroyTag was answered with 404: Not found.');
    await expect(refusal).rejects.toBeInstanceOf(WaypostError);
    // @ts-expect-error -- a tag needs its name
    await expect(waypost.createTag({ body: {} })).rejects.toMatchObject({
      status: 400,
      body: { name: ['This field is required.'] },
    });
  });

  it('sends files, and gets them', async () => {
    const waypost = connect({ url: router.url, token });
    const form = new FormData();
    form.set('file_encoded', new File(['hello'], 'a.txt', { type: 'text/plain' }));
    const { id } = await waypost.createMediaFile({ body: form });
    expect(await (await waypost.retrieveMediaFile({ params: { id } })).text()).toBe('hello');
  });

  it('needs no token for what is open to all', async () => {
    const waypost = connect({ url: `${router.url}/` });
    const body = { username: 'admin', password: 'admin' };
    expect(await waypost.createAuthToken({ body })).toEqual({ token });
    await expect(waypost.listChats()).rejects.toMatchObject({ status: 403 });
  });
});
