import { describe, expect, it } from 'vitest';
import type { Env } from './bindings.ts';
import { databaseOf, DEFAULT_STACK, readStackConfig } from './config.ts';
import { WaypostError } from './error.ts';

const SECRET = 'x'.repeat(32);

function env(settings: object): Env {
  return settings as Env;
}

describe('the database of a stack', () => {
  it('that is not configured is not found, nor is another spelling of one that is', () => {
    const bindings = env({ DB: {}, A_B__DB: {} });
    expect(databaseOf(bindings, 'a-b')).toBeDefined();
    for (const name of ['a_b', 'nobody', 'constructor', '__proto__', '']) {
      expect(() => databaseOf(bindings, name)).toThrow('No such stack.');
    }
  });
});

describe('the settings of a stack', () => {
  it('name the contact books of that stack only', () => {
    const book = [{ id: 'crm', name: 'CRM', url: 'https://crm.example/?q={search}' }];
    const own = env({ SECRET_KEY: SECRET, CONTACT_PROVIDERS: JSON.stringify(book) });
    expect(readStackConfig(own, DEFAULT_STACK).contactProviders).toMatchObject(book);
    expect(readStackConfig(own, 'acme').contactProviders).toEqual([]);
  });

  it('are its own, but for what a deployment shares', () => {
    const bindings = env({
      SECRET_KEY: SECRET,
      D360_API_KEY: 'default-key',
      WEBHOOK_TOKEN: 'default-token',
      ACME__WEBHOOK_TOKEN: 'acme-token',
    });
    expect(readStackConfig(bindings, 'acme')).toMatchObject({
      secretKey: SECRET,
      d360ApiKey: undefined,
      webhookToken: 'acme-token',
    });
  });

  it('that are wrong are named, all of them, and their values are not', () => {
    const bindings = env({
      SECRET_KEY: 'too-short',
      WABA_API_URL: 'nonsense',
      ALLOW_PRIVATE_TARGETS: 'yes',
    });
    const read = (): unknown => readStackConfig(bindings, DEFAULT_STACK);
    expect(read).toThrow(/SECRET_KEY.*WABA_API_URL|WABA_API_URL.*SECRET_KEY/);
    expect(read).not.toThrow(/too-short/);
  });

  it('keep the log and events for a time and messages for ever, for all stacks unless one says otherwise', () => {
    const settings = { SECRET_KEY: SECRET, RETENTION_LOG_DAYS: '7', ACME__RETENTION_LOG_DAYS: '9' };
    const own = env({ ...settings, ACME__RETENTION_MESSAGES_DAYS: '400' });
    expect(readStackConfig(own, DEFAULT_STACK).retention).toEqual({
      logDays: 7,
      eventsDays: 90,
      messagesDays: undefined,
    });
    expect(readStackConfig(own, 'acme').retention).toEqual({
      logDays: 9,
      eventsDays: 90,
      messagesDays: 400,
    });
    expect(readStackConfig(env(settings), 'other').retention).toMatchObject({ logDays: 7 });
  });

  it.each([
    [{ RETENTION_EVENTS_DAYS: '10' }, 'RETENTION_LOG_DAYS must not be more than'],
    [{ RETENTION_MESSAGES_DAYS: '0' }, 'RETENTION_MESSAGES_DAYS must be more than 0 days'],
    [{ RETENTION_EVENTS_DAYS: 'soon' }, 'RETENTION_EVENTS_DAYS must be a number of days'],
    [{ CORS_ORIGINS: 'https://crm.example.com/' }, 'CORS_ORIGINS must be origins'],
    [{ WEBHOOK_TOKEN: 'x' }, 'WEBHOOK_TOKEN must have at least 8 characters'],
    [{ META_APP_SECRET: 'y' }, 'META_APP_SECRET must have at least 8 characters'],
    [{ D360_PLATFORM_SECRET: '1234567' }, 'D360_PLATFORM_SECRET must have at least 8 characters'],
    [{ FOREIGN_NUMBERS: 'drop' }, 'FOREIGN_NUMBERS must be forward or store'],
    [{ PUBLIC_URL: 'inbox.example.com' }, 'PUBLIC_URL must be a URL such as'],
    [{ PUBLIC_URL: 'inbox.example.com:443' }, 'PUBLIC_URL must be a URL such as'],
    [{ MEDIA_LINKS: 'all' }, 'MEDIA_LINKS must be signed or token'],
    [{ DATABASE_LIMIT_GB: '-1' }, 'DATABASE_LIMIT_GB must be more than 0'],
    [{ DIALECTS: 'qontak, getchat' }, 'must be none, or some of chatapp, qontak, chattu'],
    [{ CHATAPP_LICENSE_ID: '0' }, 'CHATAPP_LICENSE_ID must be at least 1'],
  ])('refuse %j', (settings, problem) => {
    const bindings = env({ SECRET_KEY: SECRET, ...settings });
    expect(() => readStackConfig(bindings, DEFAULT_STACK)).toThrow(problem);
  });

  it('that are missing or wrong are all told at once, by the names they have to be set under', () => {
    const bindings = env({ ACME__WEBHOOK_TOKEN: 'x', ACME__DATABASE_LIMIT_GB: 'much' });
    const problems = (stack: string): unknown => {
      try {
        return readStackConfig(bindings, stack, { EVENTS: ['is not bound'] });
      } catch (error) {
        return error instanceof WaypostError ? error.fields : error;
      }
    };
    expect(problems('acme')).toEqual({
      EVENTS: ['is not bound'],
      SECRET_KEY: ['is missing'],
      ACME__WEBHOOK_TOKEN: ['must have at least 8 characters'],
      ACME__DATABASE_LIMIT_GB: ['must be a number'],
    });
    expect(problems('default')).toEqual({ EVENTS: ['is not bound'], SECRET_KEY: ['is missing'] });
  });

  it('may be numbers and truths, as wrangler.toml has them', () => {
    const bindings = env({ SECRET_KEY: SECRET, DATABASE_LIMIT_GB: 5, ALLOW_PRIVATE_TARGETS: true });
    expect(readStackConfig(bindings, DEFAULT_STACK)).toMatchObject({
      databaseLimitBytes: 5_000_000_000,
      allowPrivateTargets: true,
    });
  });

  it("may have a short token on one's own machine", () => {
    const local = { SECRET_KEY: SECRET, WEBHOOK_TOKEN: 'x', ALLOW_PRIVATE_TARGETS: 'true' };
    expect(readStackConfig(env(local), DEFAULT_STACK).webhookToken).toBe('x');
  });

  it('let pages of other origins use the API only where they are named', () => {
    const read = (value?: string): readonly string[] =>
      readStackConfig(env({ SECRET_KEY: SECRET, CORS_ORIGINS: value }), DEFAULT_STACK).corsOrigins;
    expect([read(), read('')]).toEqual([[], []]);
    expect(read('https://a.example, http://localhost:3000')).toEqual([
      'https://a.example',
      'http://localhost:3000',
    ]);
    expect(read('*')).toEqual(['*']);
  });

  it('have the surfaces of other vendors only where they are named, for all stacks unless one says otherwise', () => {
    const settings = { SECRET_KEY: SECRET, DIALECTS: 'qontak, chattu', ACME__DIALECTS: 'none' };
    const read = (stack: string, own: object = settings): string[] => [
      ...readStackConfig(env(own), stack).dialects,
    ];
    expect(read(DEFAULT_STACK, { SECRET_KEY: SECRET })).toEqual([]);
    expect(read(DEFAULT_STACK)).toEqual(['qontak', 'chattu']);
    expect(read('other')).toEqual(['qontak', 'chattu']);
    expect(read('acme')).toEqual([]);
  });

  it('know each stack by integers of its own, the same for ever unless they are set', () => {
    const identity = (stack: string, own: object = {}) =>
      readStackConfig(env({ SECRET_KEY: SECRET, ...own }), stack).identity;
    const { licenseId, companyId } = identity('acme');
    expect(identity('acme', { SECRET_KEY: 'y'.repeat(32) })).toMatchObject({
      licenseId,
      companyId,
    });
    expect(new Set([licenseId, companyId, identity('other').licenseId]).size).toBe(3);
    expect(licenseId).toBeGreaterThan(0);
    expect(licenseId).toBeLessThan(2 ** 31);
    const set = { CHATAPP_LICENSE_ID: '1229', ACME__CHATAPP_LICENSE_ID: '1230' };
    expect(identity('acme', set).licenseId).toBe(1230);
    expect(identity('other', set).licenseId).not.toBe(1229);
  });

  it('forbid private targets unless they are asked for', () => {
    const read = (value?: string): boolean =>
      readStackConfig(env({ SECRET_KEY: SECRET, ALLOW_PRIVATE_TARGETS: value }), DEFAULT_STACK)
        .allowPrivateTargets;
    expect([read(), read('false'), read('true')]).toEqual([false, false, true]);
  });
});

describe("the settings of a number that Meta's own API serves", () => {
  const meta = { META_ACCESS_TOKEN: 'EAAtoken', META_PHONE_NUMBER_ID: '106' };
  const read = (settings: object) =>
    readStackConfig(env({ SECRET_KEY: SECRET, ...settings }), DEFAULT_STACK);

  it('name Graph where no address is set, and need no more than token and number', () => {
    expect(read(meta)).toMatchObject({
      wabaApiUrl: 'https://graph.facebook.com/v25.0',
      meta: { accessToken: 'EAAtoken', phoneNumberId: '106', wabaId: undefined },
    });
    const url = 'https://graph.facebook.com/v26.0/';
    expect(read({ ...meta, WABA_API_URL: url, META_WABA_ID: '200' })).toMatchObject({
      wabaApiUrl: 'https://graph.facebook.com/v26.0',
      meta: { wabaId: '200' },
    });
  });

  it.each([
    [{ META_ACCESS_TOKEN: 't' }, 'META_PHONE_NUMBER_ID must be set beside META_ACCESS_TOKEN'],
    [{ ...meta, META_PHONE_NUMBER_ID: '+1 555' }, 'META_PHONE_NUMBER_ID must be an id of digits'],
    [{ ...meta, META_ACCESS_TOKEN: 'a b' }, 'META_ACCESS_TOKEN must be one word'],
    [
      { ...meta, WABA_API_URL: 'https://waba-v2.360dialog.io' },
      'WABA_API_URL must be https://graph.facebook.com/v…',
    ],
  ])(
    'are refused where they are %j, so that no key goes to the wrong host',
    (settings, problem) => {
      expect(() => read(settings)).toThrow(problem);
    },
  );

  it('are one stack’s own', () => {
    const bindings = env({ SECRET_KEY: SECRET, ...meta });
    expect(readStackConfig(bindings, 'acme').meta).toBeUndefined();
  });
});
