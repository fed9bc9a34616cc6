import type { StackConfig } from '../../config.ts';
import { log } from '../../log.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { accountClient } from '../../waba/account-client.ts';
import { answerOf } from '../../waba/answer-of.ts';
import { WEBHOOK_PATH } from '../../waba/webhook-path.ts';
import { learnNumberId } from '../profile/own-number-id.ts';
import type { StepResult } from '../refreshing/refresh.ts';
import type { Finding } from './health-check.ts';
import { judgeWebhook, type OwnWebhook } from './judge-number-webhook.ts';

/** Sets the webhook or sees to it; says what came of that. */
export type Repair = (own: OwnWebhook) => Promise<Finding>;

/**
 * Looks whether the number's webhook points at this stack, and repairs it where it points nowhere: a new
 * API key drops the setting, and with it every message. Throws as `answerOf` does where WABA does not
 * answer, and as `repair` does.
 */
export async function checkWebhook(
  { config }: Pick<StackContext, 'config'>,
  repair: Repair,
): Promise<Finding> {
  const result = await accountClient(config).webhookConfig();
  // A relay may have no such call.
  if (result.kind === 'answered' && result.status === 404) {
    return { isOk: true, message: 'This API does not tell where the webhook points.' };
  }
  const own = ownWebhook(config);
  const found = answerOf(result, 'WhatsApp did not tell where the webhook points');
  const { isOk, message, isToBeSet } = judgeWebhook(found, own);
  if (own === undefined || !isToBeSet) return { isOk, message };
  const repaired = await repair(own);
  return { ...repaired, message: `${message} ${repaired.message}` };
}

/** Sets the webhook at WABA. Throws as `answerOf` does where WABA does not take it. */
export async function setWebhook(config: StackConfig, own: OwnWebhook): Promise<Finding> {
  const result = await accountClient(config).setWebhook(own);
  answerOf(result, 'WhatsApp did not take the webhook');
  log('webhook_set', { stack: config.name });
  return { isOk: true, message: 'It was set again.' };
}

/**
 * The same as a step of a refresh, which also asks which number is ours: nobody may look at the health of
 * the stack for days.
 */
export async function refreshWebhook({
  db,
  config,
}: Pick<StackContext, 'db' | 'config'>): Promise<StepResult> {
  await learnNumberId({ db, config });
  const set: Repair = (own) => setWebhook(config, own);
  if (ownWebhook(config) !== undefined) await checkWebhook({ config }, set);
  return { writes: [], cursor: undefined };
}

/** What the webhook should be; undefined where the settings do not say. */
function ownWebhook(config: StackConfig): OwnWebhook | undefined {
  const { publicUrl, webhookToken: token } = config;
  if (publicUrl === undefined || token === undefined) return undefined;
  const isSigned = config.platformSecret !== undefined || config.metaAppSecret !== undefined;
  return { url: `${publicUrl}${WEBHOOK_PATH}`, token, isSigned };
}
