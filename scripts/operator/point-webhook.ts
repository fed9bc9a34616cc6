import { DEFAULT_STACK, nameFor } from '../local/stack-setting.ts';
import type { Operator } from './operator-file.ts';
import type { NewSecret } from './secrets.ts';
import { baseOf } from './stacks.ts';
import type { Means } from './wrangler.ts';

const ANSWER_WITHIN_MS = 15_000;

/**
 * Has 360dialog call a stack, by its API, where key and token are known; else tells the one call that does so. A
 * stack whose secrets are old does it by itself, as long as its webhook points nowhere.
 */
export async function pointWebhook(
  operator: Operator,
  stack: string,
  secrets: readonly NewSecret[],
  vars: Readonly<Record<string, unknown>>,
  { wrangler, env, print }: Means,
): Promise<void> {
  const valueOf = (name: string): string | undefined =>
    secrets.find((secret) => secret.name === nameFor(stack, name))?.value ??
    env[nameFor(stack, name)];
  const own = operator.stacks[stack];
  const base = own === undefined ? undefined : baseOf(own);
  const token = valueOf('WEBHOOK_TOKEN');
  // The token was stored before, and the webhook with it.
  if (token === undefined) return;
  const api = String(vars[nameFor(stack, 'WABA_API_URL')] ?? vars['WABA_API_URL']);
  const call = `${api.replace(/\/+$/, '')}/v1/configs/webhook`;
  const url = `${base ?? 'https://<your host>'}/waba/webhook`;
  const key = valueOf('D360_API_KEY');
  const command = (shown: string): string =>
    `curl ${call} -H "D360-API-KEY: $${nameFor(stack, 'D360_API_KEY')}" -H 'Content-Type: application/json' -d '{"url":"${url}","headers":{"Authorization":"Bearer ${shown}"}}'`;
  if (wrangler.isDry) {
    print(command('<WEBHOOK_TOKEN>'));
    return;
  }
  const whose = stack === DEFAULT_STACK ? 'The number' : `The number of ${stack}`;
  const problem =
    key === undefined || base === undefined
      ? 'its key is not known here'
      : await setWebhook(call, key, { url, headers: { Authorization: `Bearer ${token}` } });
  if (problem === undefined) print(`${whose} calls ${url} from now on.`);
  else print(`${whose} does not call yet (${problem}). To have it do so:\n  ${command(token)}`);
}

async function setWebhook(call: string, key: string, body: object): Promise<string | undefined> {
  try {
    const response = await fetch(call, {
      method: 'POST',
      headers: { 'D360-API-KEY': key, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return response.ok ? undefined : `360dialog answers ${response.status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
