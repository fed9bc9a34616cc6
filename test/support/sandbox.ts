import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/start-sandbox.ts';

/**
 * Starts a sandbox whose number calls the router at `port`, by the key and the token that `npm start` gives
 * them; `options` say what is otherwise.
 */
export function startSandboxFor(
  port: number,
  options: Partial<SandboxOptions> = {},
): Promise<Sandbox> {
  return startSandbox({
    port: 0,
    apiKey: 'sandbox-key',
    webhookUrl: `http://localhost:${port}/waba/webhook`,
    webhookHeaders: { authorization: 'Bearer local-webhook-token' },
    ...options,
  });
}
