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

const OURS = join(import.meta.dirname, 'fixtures');

/** Payloads that nobody here wrote, where they are at hand. */
const OTHERS = join(import.meta.dirname, '../../shared/fixtures');

interface Payload {
  name: string;
  text: string;
}

function collected(folder: string): Payload[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'manifest.json')
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

function samples(): Payload[] {
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
  const changes: { field: string; value?: Value }[] = Array.isArray(body.entry)
    ? body.entry.flatMap((entry: { changes?: unknown[] }) => entry.changes ?? [])
    : [{ field: 'messages', value: body }];
  const found = new Set<string>();
  for (const { field, value = {} } of changes) {
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

/** The values of a member wherever in a payload it is, those of one message inside another too. */
function allOf(name: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Object.hasOwn(value, name) ? [Reflect.get(value, name)] : [];
  return [...own, ...Object.values(value).flatMap((inner) => allOf(name, inner))];
}

const fixtures = collected(OURS);
const others = existsSync(OTHERS) ? collected(OTHERS) : [];
const payloads = [...samples(), ...fixtures, ...others];
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

/** What WhatsApp documents of each. */
const KINDS = {
  type: `text image audio voice video document sticker location contacts button interactive button_reply
    list_reply nfm_reply call_permission_reply reaction order system user_changed_number
    customer_identity_changed user_changed_user_id unsupported unknown edit revoke request_welcome ephemeral
    media_placeholder group_create group_delete group_participants_add group_participants_remove
    group_join_request_created group_join_request_revoked group_settings_update group_suspend
    group_suspend_cleared`,
  status: `sent delivered read played failed deleted warning RINGING ACCEPTED REJECTED COMPLETED FAILED`,
  field: `messages calls user_preferences user_id_update smb_message_echoes history smb_app_state_sync
    account_update account_alerts account_review_update account_settings_update business_capability_update
    phone_number_name_update phone_number_quality_update security partner_solutions flows
    payment_configuration_update automatic_events message_template_status_update
    message_template_quality_update message_template_components_update template_category_update
    group_lifecycle_update group_participants_update group_settings_update group_status_update`,
};

const MEMBERS = `context referral referred_product forwarded frequently_forwarded from_user_id
  recipient_user_id to_user_id parent_user_id group_id errors conversation pricing biz_opaque_callback_data`;

describe('the payloads in this repository', () => {
  const bodies = fixtures.map(({ text }): unknown => JSON.parse(text));

  it.each(Object.entries(KINDS))('have every %s', (name, kinds) => {
    const found = new Set(bodies.flatMap((body) => allOf(name, body)));
    expect(kinds.split(/\s+/).filter((kind) => !found.has(kind))).toEqual([]);
  });

  it.each(MEMBERS.split(/\s+/))('have a %s', (name) => {
    expect(bodies.flatMap((body) => allOf(name, body))).not.toEqual([]);
  });
});
