import type { ContactProvider } from '../../contact-provider.ts';
import { AS_IT_CAME, dropBody, readAnswer } from '../../outbound/read-answer.ts';
import { guardUrl, type UrlPolicy } from '../../outbound/url-guard.ts';
import { USER_AGENT } from '../../outbound/user-agent.ts';
import { isRecord } from '../../waba/json-record.ts';
import { readContact, refOf, valuesAt, type Contact, type ProviderRef } from './contact.ts';

/** What came of asking one provider. */
export interface ProviderAnswer {
  contacts: Contact[];
  /** Undefined where it went well. */
  failure: ProviderFailure | undefined;
}

/** A provider that did not say anything, for the answer of the API. */
export interface ProviderFailure extends ProviderRef {
  /** A sentence. */
  reason: string;
}

/** What is asked: whom to search for, or about which customer. */
export type ContactQuestion =
  | { kind: 'search'; search: string; limit: number }
  | { kind: 'resolve'; waId: string };

/** Thousands of contacts; an isolate has 128 MB for all that it does. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** A search for a number may find others that have it as a part. */
const MAX_NAMESAKES = 20;

/** Its text is for the caller. */
class Refusal extends Error {}

/**
 * Asks a provider, within its deadline whatever it does. Redirects are not followed. Never throws: what
 * went wrong is in the answer, without what the provider said.
 */
export async function askProvider(
  provider: ContactProvider,
  question: ContactQuestion,
  policy: UrlPolicy,
): Promise<ProviderAnswer> {
  const deadline = AbortSignal.timeout(provider.timeoutMs);
  try {
    const guarded = guardUrl(urlFor(provider, question), policy);
    if (!guarded.ok) throw new Refusal(guarded.reason);
    const answer = await get(guarded.url, provider, question, deadline);
    return { contacts: contactsIn(answer, provider, question), failure: undefined };
  } catch (error) {
    const reason = deadline.aborted
      ? 'It did not answer in time.'
      : error instanceof Refusal
        ? error.message
        : 'It could not be reached.';
    return { contacts: [], failure: { ...refOf(provider), reason } };
  }
}

function urlFor({ url, resolveUrl }: ContactProvider, question: ContactQuestion): string {
  const asked =
    question.kind === 'search'
      ? question
      : { search: question.waId, limit: MAX_NAMESAKES, ...question };
  const template = question.kind === 'resolve' ? (resolveUrl ?? url) : url;
  return Object.entries({ search: asked.search, limit: asked.limit, wa_id: asked.search }).reduce(
    (text, [name, value]) => text.replaceAll(`{${name}}`, encodeURIComponent(value)),
    template,
  );
}

async function get(
  url: URL,
  { headers, resolveUrl }: ContactProvider,
  { kind }: ContactQuestion,
  signal: AbortSignal,
): Promise<unknown> {
  const response = await fetch(url, {
    headers: { accept: 'application/json', 'user-agent': USER_AGENT, ...headers },
    redirect: 'manual',
    signal,
    ...AS_IT_CAME,
  });
  if (!response.ok) {
    await dropBody(response);
    // Of one customer this says that there is none; a search that is not there is a fault.
    if (response.status === 404 && kind === 'resolve' && resolveUrl !== undefined) return [];
    throw new Refusal(`It answered ${response.status}.`);
  }
  const text = await readText(response);
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('It did not answer with JSON.');
  }
}

async function readText(response: Response): Promise<string> {
  const { bytes, end } = await readAnswer(response, MAX_ANSWER_BYTES);
  if (end === 'bound') throw new Refusal('Its answer is too long.');
  if (end !== 'whole') throw new Refusal('Its answer broke off.');
  return new TextDecoder().decode(bytes);
}

function contactsIn(
  answer: unknown,
  provider: ContactProvider,
  question: ContactQuestion,
): Contact[] {
  const contacts = itemsIn(answer, provider, question).flatMap(
    (item) => readContact(item, provider) ?? [],
  );
  return question.kind === 'search' ? contacts.slice(0, question.limit) : contacts;
}

function itemsIn(
  answer: unknown,
  { results }: ContactProvider,
  { kind }: ContactQuestion,
): unknown[] {
  if (Array.isArray(answer)) return answer;
  const listed = valuesAt(answer, results);
  if (listed.length > 0 || !isRecord(answer)) return listed;
  // An answer about one customer may be that customer.
  return kind === 'resolve' ? [answer] : [];
}
