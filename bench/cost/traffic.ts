import type { Sandbox } from '../../sandbox/start-sandbox.ts';
import type { ApiClient } from '../../test/support/api-client.ts';
import { pause } from '../../test/support/pause.ts';
import { postToIngest, textMessage } from '../../test/support/whatsapp.ts';

/** Milliseconds between two things: each is alone then, and costs what it costs a quiet stack. */
const APART_MS = 40;

/** Known customers, so that no message makes a chat. */
const CUSTOMERS = 10;

const AT_ONCE = 16;

const STATUSES = ['sent', 'delivered', 'read'] as const;

function customerOf(index: number): string {
  return String(48_500_000_000 + (index % CUSTOMERS));
}

/** Has customers write `count` texts, one after another. */
export async function sendTexts(url: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await postText(url, customerOf(index));
    await pause(APART_MS);
  }
}

/** The same as on a busy day: some are under way at any time. */
export async function sendManyTexts(url: string, count: number): Promise<void> {
  const lines = Array.from({ length: AT_ONCE }, async (_, line) => {
    for (let index = line; index < count; index += AT_ONCE) await postText(url, customerOf(index));
  });
  await Promise.all(lines);
}

/** Posts `count` messages to the API, one after another, and waits until WABA has them. */
export async function sendAnswers(api: ApiClient, sandbox: Sandbox, count: number): Promise<void> {
  const sentBefore = sandbox.sent.length;
  for (let index = 0; index < count; index += 1) {
    const { status } = await api.post('messages/', {
      wa_id: customerOf(index),
      type: 'text',
      text: { body: `Thank you, see you at ${index} o'clock` },
    });
    if (status !== 202) throw new Error(`The API answered a message with ${status}.`);
    await pause(APART_MS);
  }
  while (sandbox.sent.length < sentBefore + count) await pause(APART_MS);
}

/** Reports the latest `count` messages as sent, delivered and read: a body each. */
export async function reportStatuses(url: string, sandbox: Sandbox, count: number): Promise<void> {
  for (const { wamid, to, body } of sandbox.sent.slice(-count)) {
    for (const status of STATUSES) {
      const callback = body['biz_opaque_callback_data'];
      await post(
        url,
        statusBody({ id: wamid, status, recipient_id: to, biz_opaque_callback_data: callback }),
      );
      await pause(APART_MS);
    }
  }
}

async function postText(url: string, from: string): Promise<void> {
  const id = `wamid.${crypto.randomUUID()}`;
  await post(url, textMessage(id, 'Do you have an appointment for tomorrow at ten?', from));
}

async function post(url: string, body: object): Promise<void> {
  const status = await postToIngest(url, body);
  if (status !== 200) throw new Error(`Ingest answered ${status}.`);
}

function statusBody(status: Record<string, unknown>): object {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550000001', phone_number_id: '106540352242922' },
    statuses: [{ ...status, timestamp }],
  };
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '1', changes: [{ field: 'messages', value }] }],
  };
}
