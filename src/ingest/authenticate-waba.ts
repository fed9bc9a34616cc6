import { createHmac } from 'node:crypto';
import { equalInConstantTime } from '../auth/constant-time.ts';
import type { StackConfig } from '../config.ts';
import { WaypostError } from '../error.ts';
import { bearerIn } from '../waba/bearer.ts';

/** The signature headers of an ingest, passed on with a body that stays as it was. */
export const SIGNATURE_HEADERS = ['x-hub-signature-256', 'x-360dialog-signature'] as const;

/** The settings that an ingest is authenticated by. */
export type WabaSecrets = Pick<StackConfig, 'webhookToken' | 'metaAppSecret' | 'platformSecret'>;

/**
 * Refuses, before its body is read, a call that its body cannot let pass either: it shows no token, and
 * no signature that could be checked. Throws `unauthenticated`.
 */
export function refuseAnonymous(secrets: WabaSecrets, url: URL, headers: Headers): void {
  const canPass =
    showsToken(secrets, url, headers) ||
    (secrets.metaAppSecret !== undefined && headers.has('x-hub-signature-256')) ||
    (secrets.platformSecret !== undefined && headers.has('x-360dialog-signature'));
  if (!canPass) throw refusal();
}

/**
 * Lets a call of WABA's pass: by the shared token (bearer header or `?token=`), or by a signature
 * over the raw bytes, Meta's or 360dialog's. With no secret configured nobody passes. Throws
 * `unauthenticated`; says nothing about which check failed.
 */
export function authenticateWaba(
  secrets: WabaSecrets,
  url: URL,
  headers: Headers,
  body: Uint8Array,
): void {
  const passes =
    showsToken(secrets, url, headers) ||
    isMetaSignature(secrets.metaAppSecret, headers.get('x-hub-signature-256'), body) ||
    isSignature(secrets.platformSecret, headers.get('x-360dialog-signature'), body);
  if (!passes) throw refusal();
}

/** Whether Meta's `hub.verify_token` is the right one. */
export function isVerifyToken(secrets: WabaSecrets, token: string | null): boolean {
  return isToken(secrets, token);
}

function refusal(): WaypostError {
  return new WaypostError('unauthenticated', 'Invalid webhook token or signature.');
}

function showsToken(secrets: WabaSecrets, url: URL, headers: Headers): boolean {
  return (
    isToken(secrets, bearerIn(headers.get('authorization'))) ||
    isToken(secrets, url.searchParams.get('token'))
  );
}

function isToken({ webhookToken }: WabaSecrets, shown: string | null): boolean {
  if (webhookToken === undefined || shown === null) return false;
  return equalInConstantTime(webhookToken, shown);
}

/** Meta's own verifiers ask for the `sha256=` before it, and so does ours. */
function isMetaSignature(
  secret: string | undefined,
  header: string | null,
  body: Uint8Array,
): boolean {
  return /^sha256=/i.test(header?.trim() ?? '') && isSignature(secret, header, body);
}

/** 360dialog sends bare hex or, as Meta does, `sha256=` before it; both were seen. */
function isSignature(secret: string | undefined, header: string | null, body: Uint8Array): boolean {
  if (secret === undefined || header === null) return false;
  const expected = createHmac('sha256', secret).update(body).digest('hex');
  return equalInConstantTime(
    expected,
    header
      .trim()
      .toLowerCase()
      .replace(/^sha256=/, ''),
  );
}
