import { describe, expect, it } from 'vitest';
import { contactProvidersSetting } from './contact-provider.ts';

const CRM = { id: 'crm', name: 'CRM', url: 'https://crm.example/contacts?q={search}' };

function problemsOf(setting: unknown): string[] {
  const text = typeof setting === 'string' ? setting : JSON.stringify(setting);
  const parsed = contactProvidersSetting.safeParse(text);
  return parsed.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];
}

describe('the setting CONTACT_PROVIDERS', () => {
  it('is empty where it is not set', () => {
    expect(contactProvidersSetting.parse(undefined)).toEqual([]);
  });

  it('needs an id, a name and a URL; fields have the names of the API', () => {
    expect(contactProvidersSetting.parse(JSON.stringify([CRM]))).toEqual([
      {
        ...CRM,
        resolveUrl: undefined,
        headers: {},
        results: 'results',
        fields: {
          name: ['name'],
          phoneNumbers: 'phone_numbers.phone_number',
          emailAddresses: 'email_addresses',
          urls: 'urls',
          avatar: 'avatar',
          largeAvatar: 'large_avatar',
        },
        timeoutMs: 2_500,
      },
    ]);
  });

  it.each([
    ['[', ' must be JSON'],
    [{}, ' Invalid input: expected array, received object'],
    [[{ ...CRM, id: 'a b' }], '0.id must be letters, digits, - and _'],
    [[{ ...CRM, id: 'inbox' }], ' must have ids of their own, and none "inbox"'],
    [[CRM, CRM], ' must have ids of their own, and none "inbox"'],
    [['a', 'b', 'c', 'd', 'e'].map((id) => ({ ...CRM, id })), ' must be at most 4 providers'],
    [
      [{ ...CRM, url: 'https://crm.example/' }],
      '0.url must be an http(s) URL with {search} in its query',
    ],
    [
      [{ ...CRM, url: 'https://crm.example/{search}' }],
      '0.url must be an http(s) URL with {search} in its query',
    ],
    [
      [{ ...CRM, url: 'https://{search}/?q={search}' }],
      '0.url must be an http(s) URL with {search} in its query',
    ],
    [
      [{ ...CRM, url: 'ftp://crm.example/?q={search}' }],
      '0.url must be an http(s) URL with {search} in its query',
    ],
    [[{ ...CRM, resolve_url: 'https://{wa_id}.example/' }], '0.resolve_url must be an http(s) URL'],
    [[{ ...CRM, headers: { 'a b': 'c' } }], '0.headers must be headers'],
    [[{ ...CRM, timeout_ms: 60_000 }], '0.timeout_ms Too big: expected number to be <=10000'],
    [[{ ...CRM, secret: 'x' }], '0 Unrecognized key: "secret"'],
  ])('is refused as %j', (setting, problem) => {
    expect(problemsOf(setting)).toEqual([problem]);
  });

  it('is never shown in what is wrong with it', () => {
    expect(problemsOf('[{"headers": {"Authorization": "Bearer hush')).toEqual([' must be JSON']);
  });
});
