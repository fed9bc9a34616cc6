import { startSandbox } from './start-sandbox.ts';

const {
  PORT = '8788',
  D360_API_KEY = 'sandbox-key',
  META_ACCESS_TOKEN,
  META_PHONE_NUMBER_ID,
  META_APP_SECRET,
  WEBHOOK_TOKEN = 'local-webhook-token',
  WEBHOOK_URL = 'http://127.0.0.1:8787/waba/webhook',
  ANSWER_DELAY_MS = '0',
  STATUS_DELAY_MS = '150',
  OPEN_WINDOWS = '',
} = process.env;

const sandbox = await startSandbox({
  port: Number(PORT),
  apiKey: META_ACCESS_TOKEN || D360_API_KEY,
  phoneNumberId: META_PHONE_NUMBER_ID || undefined,
  appSecret: META_APP_SECRET || undefined,
  webhookUrl: WEBHOOK_URL,
  webhookHeaders: { Authorization: `Bearer ${WEBHOOK_TOKEN}` },
  answerDelayMs: Number(ANSWER_DELAY_MS),
  statusDelayMs: Number(STATUS_DELAY_MS),
  openWindows: OPEN_WINDOWS === 'true',
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void sandbox.close());
}

console.log(`sandbox listening on ${sandbox.url}`);
