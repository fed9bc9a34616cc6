const PREFIX = 'waypost:';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Our message id as `biz_opaque_callback_data`, which WhatsApp gives back in every status of the
 * message: a status is matched by it even where it comes before the send was recorded.
 */
export function encodeCallback(messageId: string): string {
  return PREFIX + messageId;
}

/** The message id in callback data of ours; undefined for a caller's own. */
export function decodeCallback(callbackData: string): string | undefined {
  const id = callbackData.startsWith(PREFIX) ? callbackData.slice(PREFIX.length) : '';
  return UUID.test(id) ? id : undefined;
}
