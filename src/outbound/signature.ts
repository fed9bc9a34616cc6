export interface AttemptToSign {
  /** The receiver's secrets, the newest first; during a rotation the old one signs too. */
  readonly secrets: readonly string[];
  /** The `webhook-id` header, the same on every attempt. */
  readonly id: string;
  /** The `webhook-timestamp` header, in whole seconds: the time of the attempt, not of what it tells of. */
  readonly timestampSeconds: number;
  /** The bytes as they are sent; never decoded, so a body that is not UTF-8 is signed as it is. */
  readonly body: Uint8Array;
}

const SECRET_PREFIX = 'whsec_';
/** What Standard Webhooks asks for. */
const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;
/** What SHA-256 can make use of. */
const SECRET_BYTES = 32;
const BASE64 = /^(?=.)(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/**
 * Signs one attempt by Standard Webhooks 1.0, scheme `v1` (HMAC-SHA256).
 *
 * @returns the `webhook-signature` header: one `v1,<base64>` per secret, divided by spaces
 * @throws TypeError when a secret is not `whsec_` and base64
 */
export async function signAttempt(attempt: AttemptToSign): Promise<string> {
  const head = new TextEncoder().encode(`${attempt.id}.${attempt.timestampSeconds}.`);
  const signed = new Uint8Array(head.length + attempt.body.length);
  signed.set(head);
  signed.set(attempt.body, head.length);
  const signatures = await Promise.all(
    attempt.secrets.map(async (secret) => `v1,${await hmacSha256(decodeSecret(secret), signed)}`),
  );
  return signatures.join(' ');
}

/** Makes a webhook's secret: `whsec_` and 32 random bytes in base64. */
export function newWebhookSecret(): string {
  return SECRET_PREFIX + toBase64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

/** Says whether a text can be a webhook's secret: `whsec_` and 24 to 64 bytes in base64. */
export function isWebhookSecret(text: string): boolean {
  const encoded = text.slice(SECRET_PREFIX.length);
  if (!text.startsWith(SECRET_PREFIX) || !BASE64.test(encoded)) return false;
  const bytes = atob(encoded).length;
  return bytes >= MIN_SECRET_BYTES && bytes <= MAX_SECRET_BYTES;
}

async function hmacSha256(keyBytes: BufferSource, signed: BufferSource): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', keyBytes, algorithm, false, ['sign']);
  return toBase64(new Uint8Array(await crypto.subtle.sign('HMAC', key, signed)));
}

function decodeSecret(secret: string): Uint8Array<ArrayBuffer> {
  const encoded = secret.slice(SECRET_PREFIX.length);
  // The alphabet is checked first: atob() overlooks white space and its error would show the secret.
  if (!secret.startsWith(SECRET_PREFIX) || !BASE64.test(encoded)) {
    throw new TypeError('A webhook secret is whsec_ followed by base64');
  }
  return Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
