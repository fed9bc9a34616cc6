import { describe, expect, it } from 'vitest';
import type { Webhook } from './webhook.ts';
import { webhookWarnings } from './webhook-warnings.ts';

const WEBHOOK: Webhook = {
  id: 1,
  owner: { id: 7, username: 'olga', canReadChats: 'all' },
  url: 'https://example.com/hook',
  onIncomingMessage: true,
  onOutgoingMessage: false,
  onAssigned: false,
  onCloudApi: false,
  onWebhookDisabled: false,
  fields: null,
  headers: {},
  hasAppSecret: false,
  dialect: 'getchat',
  dialectEvents: null,
  dialectRef: null,
  schedule: 'default',
  ordering: 'none',
  rateLimit: null,
  rateLimitPer: 'second',
  isEnabled: true,
  disabledReason: null,
  breaker: 'closed',
  failingSince: null,
  lastError: null,
  counters: { delivered: 0, failed: 0, pending: 0 },
  createdAt: 1,
};

function warningsOf(
  changes: Partial<Webhook>,
  others: { id: number; url: string }[] = [],
): string[] {
  return webhookWarnings({ ...WEBHOOK, ...changes }, others);
}

describe('a webhook is warned of', () => {
  it('nothing where all is well', () => {
    const others = [WEBHOOK, { id: 2, url: 'https://example.com/hook/' }];
    expect(warningsOf({}, others)).toEqual([]);
    expect(warningsOf({ onIncomingMessage: false, onWebhookDisabled: true })).toEqual([]);
    expect(warningsOf({ onCloudApi: true, hasAppSecret: true })).toEqual([]);
    const fields = ['messages', 'statuses', 'errors', 'message_template_status_update'];
    expect(warningsOf({ onCloudApi: true, fields })).toEqual([]);
  });

  it('nothing to get', () => {
    expect(warningsOf({ onIncomingMessage: false })).toEqual([
      'It gets no messages: set on_incoming_message, on_outgoing_message, on_assigned or on_cloud_api.',
    ]);
  });

  it('an owner who may read nothing, or not all that on_cloud_api brings', () => {
    const owner = { id: 7, username: 'olga', canReadChats: 'none' } as const;
    expect(warningsOf({ owner })).toEqual([
      'Its owner may read no chat, so nothing that is in one reaches it.',
    ]);
    expect(warningsOf({ onCloudApi: true, owner: { ...owner, canReadChats: 'group' } })).toEqual([
      'on_cloud_api brings nothing: its owner may not read all chats.',
    ]);
  });

  it('others with its URL, in any spelling of it', () => {
    const others = [
      { id: 1, url: 'https://example.com/hook' },
      { id: 2, url: 'HTTPS://EXAMPLE.com:443/hook#part' },
      { id: 3, url: 'https://example.com/hook?other' },
      { id: 4, url: 'https://example.com/x/../hook' },
    ];
    expect(warningsOf({}, others)).toEqual([
      'Its URL is that of webhook 2, 4 as well: the receiver is called for each.',
    ]);
  });

  it('many others without naming them all', () => {
    const others = Array.from({ length: 9 }, (_, n) => ({ id: n + 1, url: WEBHOOK.url }));
    expect(warningsOf({}, others)).toEqual([
      'Its URL is that of webhook 2, 3, 4, 5, 6 and 3 more as well: the receiver is called for each.',
    ]);
  });

  it('fields that nobody knows', () => {
    expect(warningsOf({ onCloudApi: true, fields: ['messages', 'message'] })).toEqual([
      'fields names what WhatsApp is not known to send: message.',
    ]);
  });

  it('an app secret that signs nothing', () => {
    expect(warningsOf({ hasAppSecret: true })).toEqual([
      'app_secret signs only what on_cloud_api brings, which this webhook does not take.',
    ]);
  });
});
