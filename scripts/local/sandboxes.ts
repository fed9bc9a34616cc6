import { startSandbox } from '../../sandbox/start-sandbox.ts';
import { LOOPBACK, portProblem } from './ports.ts';
import { hostOf, stackSetting, type Environment } from './stack-setting.ts';

/** The pretend WABA of one stack. */
export type StackSandbox = { stack: string; url: string; close(): Promise<void> };

/**
 * Starts a sandbox for each stack (a number has a WABA of its own), on the ports after the router's
 * `port`. Throws StartProblem where one is taken.
 */
export async function startSandboxes(
  env: Environment,
  stacks: readonly string[],
  port: number,
): Promise<StackSandbox[]> {
  const started = stacks.map(async (stack, index) => {
    const offset = index + 1;
    const metaToken = stackSetting(env, stack, 'META_ACCESS_TOKEN');
    const sandbox = await startSandbox({
      port: port + offset,
      apiKey: metaToken ?? stackSetting(env, stack, 'D360_API_KEY') ?? '',
      ...(metaToken && {
        phoneNumberId: stackSetting(env, stack, 'META_PHONE_NUMBER_ID'),
        appSecret: stackSetting(env, stack, 'META_APP_SECRET'),
      }),
      webhookUrl: `http://${LOOPBACK}:${port}/waba/webhook`,
      webhookHeaders: {
        Authorization: `Bearer ${stackSetting(env, stack, 'WEBHOOK_TOKEN')}`,
        // Names the stack; the system's resolver may not know `acme.localhost`.
        Host: hostOf(stack, port),
      },
    }).catch((error: NodeJS.ErrnoException) => {
      throw portProblem(port, offset, error.code);
    });
    return { stack, url: sandbox.url, close: () => sandbox.close() };
  });
  return Promise.all(started);
}
