import type { User } from '../auth/user.ts';
import { attempt, type Attempt } from '../outbound/attempt.ts';
import { CHANGED_MARK, signatureHeaders, withSignatures } from '../outbound/meta-signature.ts';
import { judge } from '../outbound/outcome.ts';
import { shownAnswer, type ShownAnswer } from '../outbound/shown-answer.ts';
import type { UrlPolicy } from '../outbound/url-guard.ts';
import type { StackContext } from '../store/open-stack.ts';
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
 * `actor` may not reach it, and `invalid` where its headers or secret cannot be decrypted.
 */
export async function testWebhook(
  ctx: StackContext,
  actor: User,
  id: number,
  policy: UrlPolicy,
): Promise<WebhookTest> {
  const target = await findTarget(ctx, actor, id);
  const { metaAppSecret } = ctx.config;
  const tried = await sendSample(target, metaAppSecret, policy);
  const outcome = judge(tried.response);
  const secrets = [...target.secrets, target.appSecret, metaAppSecret].filter(
    (secret) => typeof secret === 'string',
  );
  return {
    reason: outcome.verdict === 'delivered' ? null : outcome.reason,
    answer: shownAnswer(tried, [...secrets, ...Object.values(target.headers)]),
  };
}

async function sendSample(
  target: WebhookTarget,
  metaAppSecret: string | undefined,
  policy: UrlPolicy,
): Promise<Attempt> {
  const id = crypto.randomUUID();
  const sample = sampleBody(target, id, Math.floor(Date.now() / 1000));
  const body = new TextEncoder().encode(JSON.stringify(sample));
  const appSecrets = { own: target.appSecret, ofStack: metaAppSecret };
  // Nobody but us has made it: it is signed as a body that we have changed.
  const signatures = target.onCloudApi
    ? signatureHeaders({ [CHANGED_MARK]: '1' }, body, appSecrets)
    : {};
  const request = {
    url: target.url,
    headers: withSignatures(target.headers, signatures),
    secrets: target.secrets,
    id: `test_${id}`,
    body,
  };
  return attempt(request, { ...policy, deadlineMs: DEADLINE_MS });
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
