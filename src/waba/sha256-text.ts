const HEX = /^[0-9a-f]{64}$/i;

/** 32 bytes in base64, of either alphabet, with its padding or without. */
const BASE64 = /^[\w+/-]{43}=?$/;

/** Reads a SHA-256 as hex: WABA writes it in hex (`GET /{media-id}`) and in base64 (webhooks). Undefined for anything else. */
export function hexOfSha256(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (HEX.test(value)) return value.toLowerCase();
  return BASE64.test(value) ? Buffer.from(value, 'base64').toString('hex') : undefined;
}
