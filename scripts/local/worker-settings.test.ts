import { describe, expect, it } from 'vitest';
import { workerSettings } from './worker-settings.ts';

const SECRET_KEY = 'a-generated-key-of-more-than-32-characters';
const AROUND = {
  stacks: ['default'],
  port: 8787,
  sandboxUrls: new Map([['default', 'http://127.0.0.1:8788']]),
  secretKey: SECRET_KEY,
};

describe('workerSettings', () => {
  it('has what a local router needs without any variable', () => {
    expect(workerSettings({}, AROUND)).toEqual({
      WABA_API_URL: 'http://127.0.0.1:8788',
      D360_API_KEY: 'sandbox-key',
      WEBHOOK_TOKEN: 'local-webhook-token',
      ADMIN_USERNAME: 'admin',
      ADMIN_PASSWORD: 'admin',
      ALLOW_PRIVATE_TARGETS: 'true',
      DIALECTS: 'chatapp,qontak,chattu',
      PUBLIC_URL: 'http://localhost:8787',
      SECRET_KEY,
    });
  });

  it('prefers what the environment says', () => {
    const env = {
      WABA_API_URL: 'https://waba.example',
      META_APP_SECRET: 'shh',
      PUBLIC_URL: 'https://inbox.example',
      SECRET_KEY: SECRET_KEY.toUpperCase(),
    };
    expect(workerSettings(env, { ...AROUND, sandboxUrls: new Map() })).toMatchObject(env);
  });

  it('gives a further stack an address and a sandbox of its own, and else the default one’s settings', () => {
    const around = {
      ...AROUND,
      stacks: ['default', 'acme-2'],
      sandboxUrls: new Map([...AROUND.sandboxUrls, ['acme-2', 'http://127.0.0.1:8789']]),
    };
    const env = { D360_API_KEY: 'shared', ACME_2__WEBHOOK_TOKEN: 'own' };
    expect(workerSettings(env, around)).toMatchObject({
      ACME_2__WABA_API_URL: 'http://127.0.0.1:8789',
      ACME_2__PUBLIC_URL: 'http://acme-2.localhost:8787',
      ACME_2__D360_API_KEY: 'shared',
      ACME_2__WEBHOOK_TOKEN: 'own',
      WEBHOOK_TOKEN: 'local-webhook-token',
    });
  });

  it.each([
    [{ PUBLIC_URL: 'inbox.example' }, 'PUBLIC_URL must be an absolute URL'],
    [{ SECRET_KEY: 'short' }, 'SECRET_KEY must have at least 32 characters'],
    [{ FOREIGN_NUMBERS: 'drop' }, 'FOREIGN_NUMBERS must be forward or store'],
    [{ ALLOW_PRIVATE_TARGETS: 'yes' }, 'ALLOW_PRIVATE_TARGETS must be true or false'],
    [{ RETENTION_LOG_DAYS: 'a week' }, 'RETENTION_LOG_DAYS must be a number above 0'],
  ])('refuses %j before the Worker does', (env, problem) => {
    expect(() => workerSettings(env, AROUND)).toThrow(problem);
  });
});
