import type { User } from '../auth/user.ts';
import { attempt, type AttemptRequest } from '../outbound/attempt.ts';
import { CHANGED_MARK, signatureHeaders, withSignatures } from '../outbound/meta-signature.ts';
import { judge } from '../outbound/outcome.ts';
import { shownAnswer, type ShownAnswer } from '../outbound/shown-answer.ts';
import type { StackConfig } from '../config.ts';
import { WaypostError } from '../error.ts';
import type { StackContext } from '../store/open-stack.ts';
import type { WebhookPolicy } from './check-webhook.ts';
import { renderedWebhook } from './delivery-parts.ts';
import type { WebhookDialects } from './dialect.ts';
import { findTarget, type WebhookTarget } from './find-target.ts';

/** Someone is waiting for the answer: less than a delivery may take. */
const DEADLINE_MS = 10_000;

/** Nobody's number: the one of the vendor's own example. */
const SAMPLE_RECIPIENT = '48123123123';

/** What came of a test. */
export interface WebhookTest {
  /** What is wrong, a sentence for the webhook's owner; null where all went well. */
  reason: string | null;
  /** What the receiver said, without the webhook's secrets. */
  answer: ShownAnswer;
}

/**
 * Sends a webhook a mock body, signed and guarded as a delivery is, once and now. Throws `not_found` where
 * `actor` may not reach it, `invalid` where its headers or secret cannot be decrypted, and `conflict` where
 * this version does not speak its dialect.
 */
export async function testWebhook(
  ctx: StackContext,
  actor: User,
  id: number,
  { dialects, ...policy }: WebhookPolicy,
): Promise<WebhookTest> {
  const target = await findTarget(ctx, actor, id);
  const sample = sampleRequest(target, ctx.config, dialects);
  const tried = await attempt(sample, { ...policy, deadlineMs: DEADLINE_MS });
  const outcome = judge(tried.response);
  const { appSecret, dialectKey } = target;
  const secrets = [...target.secrets, appSecret, dialectKey, ctx.config.metaAppSecret].filter(
    (secret) => typeof secret === 'string',
  );
  return {
    reason: outcome.verdict === 'delivered' ? null : outcome.reason,
    answer: shownAnswer(tried, [...secrets, ...Object.values(target.headers)]),
  };
}

/** A mock of what the webhook gets, in the shapes of its dialect. */
function sampleRequest(
  target: WebhookTarget,
  { metaAppSecret, identity }: Pick<StackConfig, 'metaAppSecret' | 'identity'>,
  dialects: WebhookDialects,
): AttemptRequest {
  const id = crypto.randomUUID();
  const { url, secrets, headers, dialect: taken, dialectKey } = target;
  const request = { url, secrets, id: `test_${id}` };
  if (taken !== null) {
    const dialect = dialects[taken.name];
    if (dialect === undefined) {
      throw new WaypostError('conflict', `Nobody here speaks the dialect ${taken.name} any more.`);
    }
    const sample = dialect.sample(renderedWebhook(target, taken), identity, Date.now());
    const body = new TextEncoder().encode(sample.body);
    return { ...request, headers: { ...headers, ...dialect.headers(dialectKey) }, body };
  }
  const sample = sampleBody(target, id, Math.floor(Date.now() / 1000));
  const body = new TextEncoder().encode(JSON.stringify(sample));
  const appSecrets = { own: target.appSecret, ofStack: metaAppSecret };
  // Nobody but us has made it: it is signed as a body that we have changed.
  const signatures = target.onCloudApi
    ? signatureHeaders({ [CHANGED_MARK]: '1' }, body, appSecrets)
    : {};
  return { ...request, headers: withSignatures(headers, signatures), body };
}

/**
 * Makes the mock `statuses` body that a webhook is tested with (spec: testWabaWebhook), in the shape
 * that the webhook gets real ones in. `getchatId` is of no message; `timestampSeconds` is now.
 */
function sampleBody(
  { onCloudApi }: { onCloudApi: boolean },
  getchatId: string,
  timestampSeconds: number,
): object {
  const status = {
    id: `wamid.TEST-${getchatId}`,
    getchat_id: getchatId,
    recipient_id: SAMPLE_RECIPIENT,
    status: 'read',
    timestamp: String(timestampSeconds),
    type: 'message',
  };
  if (!onCloudApi) return { statuses: [status] };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '0', phone_number_id: '0' },
    statuses: [status],
  };
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '0', changes: [{ value, field: 'messages' }] }],
  };
}
