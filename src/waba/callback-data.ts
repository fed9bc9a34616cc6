const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const PREFIX = 'waypost:';

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
  return isUuid(id) ? id : undefined;
}

/** Whether a text is a UUID in lower case, as our ids of messages and files are; WhatsApp's are not. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
