/** WhatsApp bodies of every kind, made for the tests; the shapes are those of the Cloud API's documentation. */

export const CUSTOMER = '48123456789';
const METADATA = { display_phone_number: '15550000001', phone_number_id: '106540352242922' };

/** A Cloud API body with one change. */
export function cloudBody(field: string, value: object, withMetadata = true): object {
  const content = withMetadata
    ? { messaging_product: 'whatsapp', metadata: METADATA, ...value }
    : value;
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [{ value: content, field }] }],
  };
}

/** A message from a customer in its body; `content` holds the type and its object. */
export function messageBody(
  id: string,
  content: object,
  from = CUSTOMER,
  timestamp = '1760000000',
): object {
  return cloudBody('messages', {
    contacts: [{ profile: { name: 'Ada Lovelace' }, wa_id: from }],
    messages: [{ from, id, timestamp, ...content }],
  });
}

/** Statuses in their body. */
export function statusBody(...statuses: object[]): object {
  return cloudBody('messages', { statuses });
}

/** A status of the message with WhatsApp's id `id`. */
export function status(id: string, name: string, extra: object = {}): object {
  return { id, status: name, timestamp: '1760000100', recipient_id: CUSTOMER, ...extra };
}

const FILE = { sha256: 'c2hhMjU2', id: '1003383421387256' };
const REPLY_CONTEXT = { context: { from: '15550000001', id: 'wamid.unknown' } };

/** One of each message type that WhatsApp sends, and some that it does not yet. */
export const MESSAGE_CONTENTS: Record<string, object> = {
  text: { type: 'text', text: { body: 'Zażółć gęślą jaźń 👋 \u2028 \\ "' } },
  reply: { ...REPLY_CONTEXT, type: 'text', text: { body: 'a reply' } },
  forwarded: { context: { forwarded: true }, type: 'text', text: { body: 'fwd' } },
  referral: {
    type: 'text',
    text: { body: 'hi' },
    referral: { source_url: 'https://fb.me/x', source_type: 'ad', source_id: '1' },
  },
  image: { type: 'image', image: { ...FILE, mime_type: 'image/jpeg', caption: 'the cat' } },
  audio: { type: 'audio', audio: { ...FILE, mime_type: 'audio/ogg; codecs=opus', voice: true } },
  video: { type: 'video', video: { ...FILE, mime_type: 'video/mp4' } },
  document: {
    type: 'document',
    document: { ...FILE, mime_type: 'application/pdf', filename: 'bill.pdf' },
  },
  sticker: { type: 'sticker', sticker: { ...FILE, mime_type: 'image/webp', animated: false } },
  'image without id': { type: 'image', image: { status: 'undownloaded' } },
  location: { type: 'location', location: { latitude: 52.1, longitude: 21.0, name: 'Home' } },
  'location without type': { location: { latitude: 52.1, longitude: 21.0 } },
  contacts: {
    type: 'contacts',
    contacts: [{ name: { formatted_name: 'Bo' }, phones: [{ phone: '+1 555' }] }],
  },
  button: { ...REPLY_CONTEXT, type: 'button', button: { payload: 'yes', text: 'Yes' } },
  'button reply': {
    type: 'interactive',
    interactive: { type: 'button_reply', button_reply: { id: '1', title: 'Yes' } },
  },
  'list reply': {
    type: 'interactive',
    interactive: { type: 'list_reply', list_reply: { id: '1', title: 'A', description: 'b' } },
  },
  'flow reply': {
    type: 'interactive',
    interactive: {
      type: 'nfm_reply',
      nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"a":1}' },
    },
  },
  'interactive that failed': {
    type: 'interactive',
    errors: [{ code: 131000, title: 'Something went wrong' }],
  },
  reaction: { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '😀' } },
  'reaction removed': { type: 'reaction', reaction: { message_id: 'wamid.x' } },
  order: {
    type: 'order',
    order: {
      catalog_id: '1',
      product_items: [{ product_retailer_id: 'a', quantity: 1, item_price: 1.5, currency: 'EUR' }],
    },
  },
  'identity changed': {
    type: 'system',
    system: { type: 'customer_identity_changed', body: 'x', identity: 'h' },
  },
  unsupported: {
    type: 'unsupported',
    errors: [{ code: 131051, title: 'Message type unknown' }],
    unsupported: { type: 'poll' },
  },
  edit: {
    type: 'edit',
    edit: { original_message_id: 'wamid.x', message: { type: 'text', text: { body: 'new' } } },
  },
  revoke: { type: 'revoke', revoke: { original_message_id: 'wamid.x' } },
  request_welcome: { type: 'request_welcome' },
  'a type of tomorrow': { type: 'hologram', hologram: { depth: 3, beam: [1, 2] } },
};

/** One body of each field that carries no message. */
export const ACCOUNT_BODIES: Record<string, object> = {
  template_status: cloudBody(
    'message_template_status_update',
    {
      event: 'APPROVED',
      message_template_id: 1689556908129832,
      message_template_name: 'x',
      message_template_language: 'en',
      reason: null,
    },
    false,
  ),
  account_update: cloudBody(
    'account_update',
    { event: 'PARTNER_ADDED', waba_info: { waba_id: '1' } },
    false,
  ),
  quality: cloudBody(
    'phone_number_quality_update',
    { display_phone_number: '1', event: 'UPGRADE', current_limit: 'TIER_10K' },
    false,
  ),
  calls: cloudBody('calls', {
    statuses: [
      { id: 'wacid.1', type: 'call', status: 'RINGING', recipient_id: CUSTOMER, timestamp: '1' },
    ],
  }),
  user_preferences: cloudBody('user_preferences', {
    user_preferences: [{ wa_id: CUSTOMER, value: 'stop', timestamp: 1 }],
  }),
  history: cloudBody('history', {
    history: [
      {
        metadata: { phase: 0 },
        threads: [
          {
            id: CUSTOMER,
            messages: [
              {
                from: CUSTOMER,
                id: 'wamid.h',
                timestamp: '1',
                type: 'text',
                text: { body: 'old' },
              },
            ],
          },
        ],
      },
    ],
  }),
  'a field of tomorrow': cloudBody('holograms', { holograms: [{ depth: 3 }] }, false),
  'no entry at all': { object: 'whatsapp_business_account' },
  'errors only': cloudBody('messages', { errors: [{ code: 130429, title: 'Rate limit hit' }] }),
};
