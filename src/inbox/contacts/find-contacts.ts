import type { User } from '../../auth/user.ts';
import type { ContactProvider } from '../../contact-provider.ts';
import { notFound } from '../../error.ts';
import { log } from '../../log.ts';
import type { UrlPolicy } from '../../outbound/url-guard.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { parseRecipient } from '../../waba/recipient.ts';
import { chatKeyOf, findReadableChat } from '../chats/find-chat.ts';
import { listPersons } from '../chats/list-chats.ts';
import { type Person, presentPerson } from '../chats/person.ts';
import {
  askProvider,
  type ContactQuestion,
  type ProviderAnswer,
  type ProviderFailure,
} from './ask-provider.ts';
import { type Contact, contactOfPerson, hasNumber } from './contact.ts';

/** What was found, and which providers said nothing. */
export interface FoundContacts {
  contacts: Contact[];
  failures: ProviderFailure[];
}

/** A customer, and what all providers know of them (spec: resolveContact). */
export interface ResolvedContact extends FoundContacts {
  /** Null where there is no chat with them that the user may read. */
  person: Person | null;
}

type Stack = Pick<StackContext, 'config' | 'db'>;

/**
 * Searches all contact books at once, the customers whose chats the user may read among them: `limit`
 * contacts, of each provider about as many (spec: listContacts); `policy` says where they may be. A provider that is slow or down is in
 * `failures`, and keeps nobody waiting for longer than its deadline.
 */
export async function searchContacts(
  stack: Stack,
  user: User,
  { search, limit }: { search: string; limit: number },
  policy: UrlPolicy,
): Promise<FoundContacts> {
  const { contactProviders: providers } = stack.config;
  const [persons, answers] = await Promise.all([
    listPersons(stack.db, user, { search, part: { limit, offset: 0 } }),
    askAll(stack, providers, { kind: 'search', search, limit }, policy),
  ]);
  const lists = [...answers.map(({ contacts }) => contacts), persons.items.map(contactOfPerson)];
  return { contacts: inTurn(lists).slice(0, limit), failures: failuresIn(answers) };
}

/**
 * Asks all contact books about one customer, those of others first. Throws `not_found` where the key is
 * none, and where nobody knows it.
 */
export async function resolveContact(
  stack: Stack,
  user: User,
  waId: string,
  policy: UrlPolicy,
): Promise<ResolvedContact> {
  const chat = await findReadableChat(stack.db, user, waId);
  const key = chat?.wa_id ?? parseRecipient(chatKeyOf(waId));
  if (key === undefined) throw notFound();
  const { contactProviders: providers } = stack.config;
  const answers = await askAll(stack, providers, { kind: 'resolve', waId: key }, policy);
  const known = answers.flatMap(({ contacts }, index) =>
    // A search may have found others, too.
    providers[index]?.resolveUrl === undefined
      ? contacts.filter((contact) => hasNumber(contact, key))
      : contacts,
  );
  const failures = failuresIn(answers);
  if (chat === undefined && known.length === 0 && failures.length === 0) throw notFound();
  const person = chat === undefined ? null : presentPerson(chat);
  const contacts = person === null ? known : [...known, contactOfPerson(person)];
  return { person, contacts, failures };
}

async function askAll(
  { config }: Stack,
  providers: readonly ContactProvider[],
  question: ContactQuestion,
  policy: UrlPolicy,
): Promise<ProviderAnswer[]> {
  const answers = await Promise.all(
    providers.map((provider) => askProvider(provider, question, policy)),
  );
  for (const { id, reason } of failuresIn(answers)) {
    log('contact_provider_failed', { stack: config.name, provider: id, reason });
  }
  return answers;
}

function failuresIn(answers: readonly ProviderAnswer[]): ProviderFailure[] {
  return answers.flatMap(({ failure }) => failure ?? []);
}

/** The first of each list, then the second of each, and so on. */
function inTurn(lists: readonly Contact[][]): Contact[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) =>
    lists.flatMap((list) => list[index] ?? []),
  ).flat();
}
