import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connect } from '../client/index.js';
import { freePort } from './support/free-port.ts';
import { spawnRouter, type Router } from './support/spawn-router.ts';

const SCRIPT = join(import.meta.dirname, '..', 'scripts', 'recover-admin.ts');

let stateDir: string;
let port: number;
let router: Router;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'waypost-recover-test-'));
  await cp(inject('build'), join(stateDir, 'build'), { recursive: true });
  port = await freePort();
  router = await spawnRouter({ stateDir, port }, {});
});

afterAll(async () => {
  await router?.close();
  await rm(stateDir, { recursive: true, force: true });
});

async function recover(...args: string[]): Promise<string> {
  const env = { ...process.env, STATE_DIR: stateDir };
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, ...args], { env });
  return stdout.trim().split('\n').at(-1) ?? '';
}

async function signIn(username: string, password: string): Promise<string> {
  const api = connect({ url: router.url });
  return (await api.createAuthToken({ body: { username, password } })).token;
}

describe('an operator whom no admin lets in', () => {
  it('gives one another password by one command, and the token that programs have stays', async () => {
    const token = await signIn('admin', 'admin');
    await router.close();
    const password = await recover('--username', 'admin', '--local');
    const made = await recover('--username', 'o.hara', '--local');
    router = await spawnRouter({ stateDir, port }, {});
    await expect(signIn('admin', 'admin')).rejects.toMatchObject({ status: 400 });
    expect(await signIn('admin', password)).toBe(token);
    const { results } = await connect({
      url: router.url,
      token: await signIn('o.hara', made),
    }).listUsers();
    expect(results).toMatchObject([
      { username: 'admin', profile: { role: 'admin' } },
      { username: 'o.hara', profile: { role: 'admin' } },
    ]);
  });

  it('is told what would be done, and what is missing', async () => {
    expect(await recover('--username', 'ada', '--stack', 'acme-eu', '--dry-run')).toMatch(
      /^npx wrangler d1 execute ACME_EU__DB --remote --yes --file \S+ --config \S+$/,
    );
    await expect(recover()).rejects.toThrow('--username is missing');
    await expect(recover('--username', 'a;b')).rejects.toThrow('valid username');
    await expect(recover('--username', 'a', '--stack', 'x;y')).rejects.toThrow('--stack');
  });
});
