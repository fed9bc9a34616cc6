// The WABA that the bench sends to, in a process of its own.
import { startSandbox, type Sandbox } from '../../sandbox/start-sandbox.ts';
import { serveAgent } from './serve-agent.ts';

/** Where its webhooks go, and how it behaves. */
export interface SandboxWish {
  webhookUrl: string;
  answerDelayMs: number;
}

/** One message that it accepted; `at` in milliseconds. */
export interface Accepted {
  to: string;
  text: string;
  at: number;
}

const API_KEY = 'sandbox-key';

let sandbox: Sandbox | undefined;

const calls = {
  /** Starts it on any free port; returns its URL. */
  start: async ({ webhookUrl, answerDelayMs }: SandboxWish): Promise<string> => {
    sandbox = await startSandbox({
      port: 0,
      apiKey: API_KEY,
      webhookUrl,
      webhookHeaders: { authorization: 'Bearer local-webhook-token' },
      answerDelayMs,
      openWindows: true,
    });
    return sandbox.url;
  },
  /** How many messages it has accepted so far. */
  count: (): number => sandbox?.sent.length ?? 0,
  /** The messages that it has accepted from the given one on, in their order. */
  accepted: (from: number): Accepted[] =>
    (sandbox?.sent ?? []).slice(from).map(({ to, body, at }) => ({ to, at, text: textOf(body) })),
  /** How often a limit of WhatsApp was broken so far. */
  violations: (): number => sandbox?.violations.length ?? 0,
};

function textOf(message: object): string {
  return /"body":"([^"]*)"/.exec(JSON.stringify(message))?.[1] ?? '';
}

export type SandboxCalls = typeof calls;

serveAgent(calls);
