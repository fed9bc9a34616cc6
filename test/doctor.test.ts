import { mkdtemp, rm } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { buildWorker } from '../scripts/local/build.ts';
import { startRouter } from '../scripts/local/router.ts';
import { examine, type Finding } from '../scripts/operator/examine.ts';
import { freePort } from './support/free-port.ts';

const ROOT = join(import.meta.dirname, '..');

/** A deployment that lacks nothing. */
const COMPLETE: Record<string, string> = {
  WABA_API_URL: 'http://127.0.0.1:9',
  D360_API_KEY: 'a-key',
  WEBHOOK_TOKEN: 'a-webhook-token',
  SECRET_KEY: 'a-secret-key-of-at-least-32-characters',
  ADMIN_USERNAME: 'admin',
  ADMIN_PASSWORD: 'correct-horse-battery',
};

let stateDir: string;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'waypost-doctor-'));
});

afterAll(async () => {
  await rm(stateDir, { recursive: true, force: true });
});

/** Runs the Worker with these settings and no defaults, and looks at it. */
async function against(
  settings: Record<string, string>,
  look: (base: string) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const router = await startRouter({
    build: await buildWorker(ROOT, inject('build')),
    port,
    settings: { PUBLIC_URL: base, ...settings },
    moreDatabases: [],
    migrationsDir: join(ROOT, 'migrations'),
    stateDir,
    log: { write: () => undefined, mute: () => undefined },
  });
  try {
    await look(base);
  } finally {
    await router.close();
  }
}

function without(name: string): Record<string, string> {
  return { ...COMPLETE, [name]: '' };
}

function bad(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ state }) => state === 'bad');
}

describe('the doctor', () => {
  it('finds nothing to see to where nothing is missing', async () => {
    await against(COMPLETE, async (base) => {
      const found = await examine(base, { webhookToken: COMPLETE['WEBHOOK_TOKEN'] });
      expect(bad(found)).toEqual([]);
      expect(found).toContainEqual(expect.objectContaining({ name: 'Webhook token', state: 'ok' }));
      expect(bad(await examine(base, { webhookToken: 'another' }))).toMatchObject([
        { name: 'Webhook token' },
      ]);
    });
  });

  it.each([
    ['SECRET_KEY', 'Settings', /SECRET_KEY is missing/],
    ['D360_API_KEY', 'Sending', /D360_API_KEY is not set/],
    ['WEBHOOK_TOKEN', 'Receiving', /WEBHOOK_TOKEN is not set/],
    ['ADMIN_USERNAME', 'Signing in', /ADMIN_USERNAME is not set/],
    ['ADMIN_PASSWORD', 'Signing in', /ADMIN_PASSWORD is not set/],
    ['PUBLIC_URL', 'Address', /PUBLIC_URL is not set/],
  ])('says which setting is missing and what to do: %s', async (setting, name, sentence) => {
    await against(without(setting), async (base) => {
      const found = bad(await examine(base));
      expect(found).toMatchObject([
        {
          name,
          message: expect.stringMatching(sentence),
          advice: expect.stringContaining(setting),
        },
      ]);
    });
  });

  it('prints a checklist, and ends with 1 where something is to be seen to', async () => {
    await against(without('D360_API_KEY'), async (base) => {
      const run = promisify(execFile)(process.execPath, ['scripts/doctor.ts', base]);
      const { code, stdout } = await run.then(
        (done) => ({ code: 0, stdout: done.stdout }),
        (error: { code: number; stdout: string }) => error,
      );
      expect(code).toBe(1);
      expect(stdout).toMatch(/^✓ Reachable/m);
      expect(stdout).toMatch(/^✗ Sending .*D360_API_KEY is not set\.\n.*→ /m);
      expect(stdout).toContain('1 to see to.');
    });
  });

  it('says that nobody is there', async () => {
    const base = `http://localhost:${await freePort()}`;
    expect(await examine(base)).toMatchObject([{ state: 'bad', name: 'Reachable' }]);
  });
});
