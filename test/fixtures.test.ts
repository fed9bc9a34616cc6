import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ACCOUNT_BODIES,
  MESSAGE_CONTENTS,
  messageBody,
} from '../src/ingest/sample-bodies.test-support.ts';
import { ApiClient } from './support/api-client.ts';
import { startReceiver, type Receiver } from './support/receiver.ts';
import { startRouter, type Router } from './support/router.ts';
import { postToIngest } from './support/whatsapp.ts';

/** Payloads that nobody here wrote, where they are at hand. */
const FOLDER = join(import.meta.dirname, '../../shared/fixtures');

interface Payload {
  name: string;
  text: string;
}

function collected(): Payload[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json') && file !== 'manifest.json')
    .map((name) => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }));
}

function ours(): Payload[] {
  const messages = Object.entries(MESSAGE_CONTENTS).map(([name, content]) => ({
    name,
    text: JSON.stringify(messageBody(`wamid.ours.${name}`, content), null, 2),
  }));
  const others = Object.entries(ACCOUNT_BODIES).map(([name, body]) => ({
    name,
    text: JSON.stringify(body),
  }));
  return [...messages, ...others];
}

type Item = { id?: string; status?: string; recipient_participant_id?: string };
type Value = { messages?: Item[]; statuses?: Item[]; message_echoes?: Item[]; errors?: unknown[] };

/** What tells a body from others, judged apart from the code under test: its items' ids, or its text. */
function identities(text: string): string[] {
  const body = JSON.parse(text);
  const changes: { field: string; value: Value }[] = Array.isArray(body.entry)
    ? body.entry.flatMap((entry: { changes?: unknown[] }) => entry.changes ?? [])
    : [{ field: 'messages', value: body }];
  const found = new Set<string>();
  for (const { field, value } of changes) {
    const messages = field === 'messages' ? (value.messages ?? []) : (value.message_echoes ?? []);
    const statuses = field === 'messages' ? (value.statuses ?? []) : [];
    for (const { id } of messages) if (id) found.add(`m ${id}`);
    for (const { id, status, recipient_participant_id } of statuses) {
      found.add(`s ${id} ${status} ${String(recipient_participant_id)}`);
    }
    if (field !== 'messages' || value.errors !== undefined) found.add(`t ${text}`);
  }
  return found.size > 0 ? [...found] : [`t ${text}`];
}

const payloads = [...ours(), ...collected()];
let router: Router;
let receiver: Receiver;

beforeAll(async () => {
  // The payloads are of many numbers.
  router = await startRouter({ FOREIGN_NUMBERS: 'store' });
  receiver = await startReceiver();
  const api = await ApiClient.signIn(router.url);
  await api.post('webhooks/waba/', { url: receiver.url, on_cloud_api: true });
});

afterAll(async () => {
  await Promise.all([router?.close(), receiver?.close()]);
});

describe(`${payloads.length} payloads of every kind`, () => {
  it('are answered 200, and reach a subscriber byte for byte, each once although sent twice', async () => {
    const seen = new Set<string>();
    const expected: string[] = [];
    for (const { text } of payloads) {
      const ids = identities(text);
      if (ids.some((id) => !seen.has(id))) expected.push(text);
      for (const id of ids) seen.add(id);
    }
    const statuses: Record<string, number> = {};
    for (const { name, text } of [...payloads, ...payloads]) {
      const status = await postToIngest(router.url, text);
      if (status !== 200) statuses[name] = status;
    }
    expect(statuses).toEqual({});
    await expect
      .poll(() => receiver.received.length, { timeout: 20_000 })
      .toBeGreaterThanOrEqual(expected.length);
    const received = new Map(receiver.received.map(({ body }) => [body, body]));
    const missing = payloads.filter(({ text }) => expected.includes(text) && !received.has(text));
    expect(missing.map(({ name }) => name)).toEqual([]);
    const unexpected = receiver.received.filter(({ body }) => !expected.includes(body));
    expect(unexpected.map(({ body }) => body)).toEqual([]);
    expect(receiver.received.length).toBe(expected.length);
  });
});
