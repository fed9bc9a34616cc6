import { isThisMachine } from '../../outbound/own-host.ts';
import { bearerIn } from '../../waba/bearer.ts';
import { isRecord, textOf, type JsonRecord } from '../../waba/json-record.ts';
import { singleSlashed } from '../../waba/webhook-path.ts';
import type { WebhookSetting } from '../../waba/upstream/upstream.ts';
import type { Finding } from './health-check.ts';

/** What the number's webhook should be. */
export type OwnWebhook = WebhookSetting;

/** What is to be thought of a webhook that is set, and whether to set ours in its place. */
export interface WebhookVerdict extends Finding {
  isToBeSet: boolean;
}

/**
 * Compares the webhook that WABA tells of with what it should be (undefined where our
 * settings do not say). Only a webhook that points nowhere, or at us with another token, is to be set: one
 * that somebody pointed elsewhere would else go back and forth between the two.
 */
export function judgeWebhook(config: JsonRecord, own: OwnWebhook | undefined): WebhookVerdict {
  const url = URL.parse(textOf(config['url']) ?? '');
  const canBeSet = own !== undefined;
  if (url === null) {
    return { isOk: false, message: 'The webhook points nowhere.', isToBeSet: canBeSet };
  }
  if (own === undefined) {
    const message =
      'A webhook is set. Whether it is ours takes PUBLIC_URL and WEBHOOK_TOKEN to tell.';
    return { isOk: true, message, isToBeSet: false };
  }
  if (addressOf(url) !== addressOf(new URL(own.url))) {
    // The host alone: a path or a query may be somebody's secret.
    return { isOk: false, message: `The webhook points at ${url.host}.`, isToBeSet: false };
  }
  if (own.isSigned || showsToken(config, url, own.token)) {
    return { isOk: true, message: 'The webhook points at this inbox.', isToBeSet: false };
  }
  return { isOk: false, message: 'The webhook shows us another token.', isToBeSet: true };
}

/** Where a URL leads, without its query, as ingest reads it. This machine has several names. */
function addressOf(url: URL): string {
  const host = isThisMachine(url.hostname) ? 'localhost' : url.hostname;
  return `${url.protocol}//${host}:${url.port}${singleSlashed(url.pathname).replace(/\/$/, '')}`;
}

function showsToken({ headers }: JsonRecord, url: URL, token: string): boolean {
  if (url.searchParams.get('token') === token) return true;
  const values = isRecord(headers) ? Object.entries(headers) : [];
  return values.some(
    ([name, value]) => name.toLowerCase() === 'authorization' && bearerIn(textOf(value)) === token,
  );
}
