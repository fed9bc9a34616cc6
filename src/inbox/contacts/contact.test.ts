import { describe, expect, it } from 'vitest';
import { contactProvidersSetting, type ContactProvider } from '../../contact-provider.ts';
import { hasNumber, readContact, type Contact } from './contact.ts';

function providerWith(fields: object): ContactProvider {
  const url = 'https://crm.example/contacts?q={search}';
  const [provider] = contactProvidersSetting.parse(
    JSON.stringify([{ id: 'crm', name: 'CRM', url, fields }]),
  );
  if (provider === undefined) throw new Error('There is no provider.');
  return provider;
}

function read(item: unknown, fields: object = {}): Contact | undefined {
  return readContact(item, providerWith(fields));
}

describe('a contact of a provider', () => {
  it('in the shape of the API is taken as it is', () => {
    const item = {
      name: 'Ada King Lovelace',
      phone_numbers: [{ phone_number: '+49 151 234567', description: 'Work' }],
      email_addresses: ['ada@example.com'],
      urls: ['https://ada.example/'],
      avatar: 'https://ada.example/a.png',
    };
    expect(read(item)).toEqual({
      ...item,
      initials: 'AL',
      phone_numbers: [{ phone_number: '+49 151 234567', description: '' }],
      large_avatar: null,
      contact_provider: { type: 'http', name: 'CRM', id: 'crm' },
    });
  });

  it('in another shape is read by the ways that the settings name', () => {
    const item = {
      person: { first: 'Ada', last: 'Lovelace' },
      channels: [{ phones: [49151234567, '030 123'] }, { phones: '49151999' }, {}],
      mail: 'ada@example.com',
    };
    const fields = {
      name: ['person.first', 'person.last'],
      phone_numbers: 'channels.phones',
      email_addresses: 'mail',
    };
    expect(read(item, fields)).toMatchObject({
      name: 'Ada Lovelace',
      phone_numbers: ['49151234567', '030 123', '49151999'].map((phone_number) => ({
        phone_number,
      })),
      email_addresses: ['ada@example.com'],
    });
  });

  it('keeps no link that a browser would run', () => {
    const item = { name: 'Ada', urls: ['javascript:alert(1)'], avatar: 'data:text/html,x' };
    expect(read(item)).toMatchObject({ urls: [], avatar: null });
  });

  it('keeps no more than anybody has', () => {
    const numbers = Array.from({ length: 100 }, (_, n) => ({ phone_number: `4915123${n}` }));
    const long = 'x'.repeat(501);
    const contact = read({ name: long, email_addresses: [long], phone_numbers: numbers });
    expect(contact?.phone_numbers).toHaveLength(20);
    expect(contact).toMatchObject({ name: '', email_addresses: [] });
  });

  it.each([[undefined], [null], ['Ada'], [5], [[]], [{}], [{ name: {} }], [{ name: '' }]])(
    'is none without name and number: %j',
    (item) => {
      expect(read(item)).toBeUndefined();
    },
  );

  it('is not found on the prototype of what a provider says', () => {
    expect(read({}, { name: 'constructor.name' })).toBeUndefined();
  });
});

describe('the number of a customer', () => {
  it('is none where WhatsApp hides it, whatever the user id ends with', () => {
    const contact = read({ name: 'Ada', phone_numbers: [{ phone_number: '0151 234567' }] });
    expect(contact && hasNumber(contact, 'DE.8151234567')).toBe(false);
  });

  it.each([
    ['+49 151 234567', true],
    ['0049 151 234567', true],
    ['0151/234567', true],
    ['234567', false],
    ['+49 151 234568', false],
    ['', false],
  ])('is %s: %s', (number, is) => {
    const contact = read({ name: 'Ada', phone_numbers: [{ phone_number: number }] });
    if (contact === undefined) throw new Error('There is no contact.');
    expect(hasNumber(contact, '49151234567')).toBe(is);
  });
});
