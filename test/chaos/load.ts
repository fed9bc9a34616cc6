import type { ApiClient } from '../support/api-client.ts';
import { pause } from '../support/pause.ts';
import { postToIngest, textMessage } from '../support/whatsapp.ts';

/** Whoever got no answer, or a bad one, asks again after this. */
const ASK_AGAIN_MS = 150;

/** What a load has come to. */
export interface Load {
  /** Ids of the messages whose ingest was answered 200. */
  answered: Set<string>;
  /** Texts of the messages whose sending was accepted. */
  accepted: Set<string>;
}

/** How hard, and until when. */
export interface LoadOptions {
  url: string;
  /** Begins all ids. */
  name: string;
  /** The pause after each success, on average. */
  everyMs: number;
  isOver: () => boolean;
}

/** Posts messages of customers as WABA does: each again and again until it got its 200. */
export async function receive(
  { url, name, everyMs, isOver }: LoadOptions,
  { answered }: Pick<Load, 'answered'>,
): Promise<void> {
  for (let index = 0; !isOver(); index += 1) {
    const id = `${name}-${index}`;
    const body = textMessage(id, id, `4811${index % 50}`);
    while (!answered.has(id) && !isOver()) {
      const status = await postToIngest(url, body).catch(() => 0);
      if (status === 200) answered.add(id);
      else await pause(ASK_AGAIN_MS);
    }
    // Lanes of the same pace would come at the same moments.
    await pause(Math.random() * 2 * everyMs);
  }
}

/** More customers than a customer's limit of one message in six seconds could hold up. */
const RECIPIENTS = 500;

/** Posts messages to customers as a client does: each under one key until it was accepted. */
export async function send(
  api: ApiClient,
  { name, everyMs, isOver }: Omit<LoadOptions, 'url'>,
  { accepted }: Pick<Load, 'accepted'>,
): Promise<void> {
  for (let index = 0; !isOver(); index += 1) {
    const body = `${name}-${index}`;
    const message = { wa_id: `4922${index % RECIPIENTS}`, type: 'text', text: { body } };
    while (!accepted.has(body) && !isOver()) {
      const answer = await api
        .post('messages/', message, { 'idempotency-key': body })
        .catch(() => null);
      if (answer?.status === 202) accepted.add(body);
      else await pause(ASK_AGAIN_MS);
    }
    await pause(everyMs);
  }
}
