import type { Webhook } from './webhook.ts';

/** A webhook that somebody may see, as far as others are compared with it. */
export interface KnownWebhook {
  id: number;
  url: string;
}

/** What the `fields` filter may name: Meta's webhook fields, and the parts that we tell apart in `messages`. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'account_alerts',
  'account_review_update',
  'account_settings_update',
  'account_update',
  'automatic_events',
  'business_capability_update',
  'business_status_update',
  'business_username_update',
  'calls',
  'errors',
  'flows',
  'group_lifecycle_update',
  'group_participants_update',
  'group_settings_update',
  'group_status_update',
  'history',
  'message_echoes',
  'message_template_components_update',
  'message_template_quality_update',
  'message_template_status_update',
  'messages',
  'messaging_handovers',
  'partner_solutions',
  'payment_configuration_update',
  'phone_number_name_update',
  'phone_number_quality_update',
  'security',
  'smb_app_state_sync',
  'smb_message_echoes',
  'standby',
  'statuses',
  'template_category_update',
  'template_correct_category_detection',
  'tracking_events',
  'user_id_update',
  'user_preferences',
]);

/** How many of a kind are named in one sentence. */
const MAX_NAMED = 5;

/**
 * Says in sentences what of a webhook its owner most likely did not mean. It works as it is: these are no
 * errors. `others` are those that the reader may see, itself among them.
 */
export function webhookWarnings(webhook: Webhook, others: readonly KnownWebhook[]): string[] {
  return [
    ...nothingToGet(webhook),
    ...unreadable(webhook),
    ...sameUrl(webhook, others),
    ...unknownFields(webhook.fields ?? []),
    ...(webhook.hasAppSecret && !webhook.onCloudApi
      ? ['app_secret signs only what on_cloud_api brings, which this webhook does not take.']
      : []),
  ];
}

function nothingToGet(webhook: Webhook): string[] {
  const { onIncomingMessage, onOutgoingMessage, onAssigned, onCloudApi } = webhook;
  if (onIncomingMessage || onOutgoingMessage || onAssigned || onCloudApi) return [];
  if (webhook.onWebhookDisabled) return [];
  return [
    'It gets no messages: set on_incoming_message, on_outgoing_message, on_assigned or on_cloud_api.',
  ];
}

/** Its owner may have lost rights since. */
function unreadable({ onCloudApi, owner }: Webhook): string[] {
  if (owner.canReadChats === 'none') {
    return ['Its owner may read no chat, so nothing that is in one reaches it.'];
  }
  if (onCloudApi && owner.canReadChats !== 'all') {
    return ['on_cloud_api brings nothing: its owner may not read all chats.'];
  }
  return [];
}

function sameUrl({ id, url }: Webhook, others: readonly KnownWebhook[]): string[] {
  const same = others.filter((other) => other.id !== id && spelt(other.url) === spelt(url));
  if (same.length === 0) return [];
  const ids = named(same.map((other) => String(other.id)));
  return [`Its URL is that of webhook ${ids} as well: the receiver is called for each.`];
}

function unknownFields(fields: readonly string[]): string[] {
  const unknown = fields.filter((field) => !KNOWN_FIELDS.has(field));
  if (unknown.length === 0) return [];
  return [`fields names what WhatsApp is not known to send: ${named(unknown)}.`];
}

function named(names: readonly string[]): string {
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return names.slice(0, MAX_NAMED).join(', ') + more;
}

/** Two spellings of one address are one address; what comes after `#` is not sent. */
function spelt(url: string): string {
  return URL.canParse(url) ? new URL(url).href.replace(/#.*$/, '') : url;
}
