import { createHmac } from 'node:crypto';

/** A mark among the headers that came with a body: it is not as WABA sent it, and came with no signature that fits. */
export const CHANGED_MARK = 'waypost-changed';

/** The header in which Meta signs what it sends. */
const META_SIGNATURE = 'x-hub-signature-256';

type HeaderValues = Readonly<Record<string, string>>;

/** What a body of WABA's may be signed with on its way out. */
export interface AppSecrets {
  /** The receiver's own; null where it has none. */
  own: string | null;
  /** META_APP_SECRET of the stack. */
  ofStack: string | undefined;
}

/**
 * Returns the signature headers of a body of WABA's, for a receiver that checks Meta's. `came` are those
 * that came with the body. A receiver's own secret signs every body; the stack's takes the place of the
 * signature that a changed body has lost; else the headers stay as they came.
 */
export function signatureHeaders(
  came: HeaderValues,
  body: Uint8Array,
  { own, ofStack }: AppSecrets,
): Record<string, string> {
  const { [CHANGED_MARK]: mark, ...signatures } = came;
  const secret = own ?? (mark === undefined ? undefined : ofStack);
  if (secret === undefined) return signatures;
  return { ...signatures, [META_SIGNATURE]: metaSignature(secret, body) };
}

/** Adds signatures to a receiver's own headers; one of the same name, in any case, would be sent as both. */
export function withSignatures(
  headers: HeaderValues,
  signatures: HeaderValues,
): Record<string, string> {
  const others = Object.entries(headers).filter(
    ([name]) => !Object.hasOwn(signatures, name.toLowerCase()),
  );
  return { ...Object.fromEntries(others), ...signatures };
}

/** Signs a body as Meta does: the value of `X-Hub-Signature-256`. */
function metaSignature(appSecret: string, body: Uint8Array): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}
