import {
  type ContactFields,
  type ContactProvider,
  INBOX_PROVIDER,
} from '../../contact-provider.ts';
import { isRecord } from '../../waba/json-record.ts';
import { isUserId } from '../../waba/recipient.ts';
import { initialsOf, type Person } from '../chats/person.ts';

/** Whose contact it is. */
export interface ProviderRef {
  type: 'http' | 'inbox';
  name: string;
  id: string;
}

/** Someone in a contact book, as the API shows one (spec: listContacts). */
export interface Contact {
  name: string;
  initials: string;
  phone_numbers: { phone_number: string; description: string }[];
  email_addresses: string[];
  urls: string[];
  avatar: string | null;
  large_avatar: string | null;
  contact_provider: ProviderRef;
}

/** Nobody has more of anything; a longer list is a mistake in the settings. */
const MAX_VALUES = 20;
const MAX_CHARACTERS = 500;

/** Names a provider in an answer. */
export function refOf({ name, id }: ContactProvider): ProviderRef {
  return { type: 'http', name, id };
}

/** Makes a contact of what a provider has of someone; undefined where that says neither name nor number. */
export function readContact(item: unknown, provider: ContactProvider): Contact | undefined {
  const { fields } = provider;
  const name = nameOf(item, fields);
  const numbers = textsAt(item, fields.phoneNumbers);
  if (name === '' && numbers.length === 0) return undefined;
  return {
    name,
    initials: initialsOf(name),
    phone_numbers: numbers.map((number) => ({ phone_number: number, description: '' })),
    email_addresses: textsAt(item, fields.emailAddresses),
    urls: textsAt(item, fields.urls).filter(isLink),
    avatar: linkAt(item, fields.avatar),
    large_avatar: linkAt(item, fields.largeAvatar),
    contact_provider: refOf(provider),
  };
}

/** Shows a customer of this inbox as a contact. */
export function contactOfPerson(person: Person): Contact {
  const { wa_id: waId, waba_payload: payload } = person;
  const profile = isRecord(payload) && isRecord(payload['profile']) ? payload['profile'] : {};
  const name = textsAt(profile, 'name')[0] ?? '';
  return {
    name,
    initials: person.initials,
    // A user id is no number, nor is a group's.
    phone_numbers: /^\d+$/.test(waId) ? [{ phone_number: waId, description: '' }] : [],
    email_addresses: [],
    urls: [],
    avatar: null,
    large_avatar: null,
    contact_provider: { type: 'inbox', name: 'WhatsApp', id: INBOX_PROVIDER },
  };
}

/** Whether a contact has the number of a customer, with its country code or as it is dialled at home. */
export function hasNumber({ phone_numbers: numbers }: Contact, waId: string): boolean {
  if (isUserId(waId)) return false;
  return numbers.some(({ phone_number: number }) => {
    const digits = number.replace(/\D/g, '').replace(/^0+/, '');
    return digits.length >= SHORTEST_NUMBER && waId.endsWith(digits);
  });
}

/** A shorter one could be the end of many. */
const SHORTEST_NUMBER = 8;

/** Goes down a way with dots, through lists to each of their items. */
export function valuesAt(value: unknown, way: string): unknown[] {
  let found = [value].flat();
  for (const name of way.split('.')) {
    found = found.flatMap((one) =>
      isRecord(one) && Object.hasOwn(one, name) ? [one[name]].flat() : [],
    );
  }
  return found;
}

function textsAt(item: unknown, way: string): string[] {
  const texts = valuesAt(item, way).flatMap((value) =>
    typeof value === 'string' || typeof value === 'number' ? String(value).trim() : [],
  );
  const told = texts.filter((text) => text !== '' && text.length <= MAX_CHARACTERS);
  return [...new Set(told)].slice(0, MAX_VALUES);
}

function nameOf(item: unknown, { name }: ContactFields): string {
  return name
    .flatMap((way) => textsAt(item, way)[0] ?? [])
    .join(' ')
    .toWellFormed();
}

function linkAt(item: unknown, way: string): string | null {
  return textsAt(item, way).find(isLink) ?? null;
}

/** Nothing that a browser would run. */
function isLink(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
