import { createHmac } from 'node:crypto';
import type { StackConfig } from '../config.ts';
import { equalInConstantTime } from './constant-time.ts';
import { derivedKey, derivedKeys } from './derived-key.ts';

/**
 * Returns the query (without `?`) that opens `path` to whoever has the link, until `expiresAtSeconds`
 * (POSIX seconds). The path counts with and without its trailing slash.
 */
export function signPath(config: StackConfig, path: string, expiresAtSeconds: number): string {
  const expires = String(Math.floor(expiresAtSeconds));
  const key = derivedKey(config, 'signed-url');
  return `expires=${expires}&signature=${signatureOf(key, path, expires)}`;
}

/** Whether `query` holds a signature of `path` that `signPath` made for this stack and that is not over. */
export function isSignedPath(
  config: StackConfig,
  path: string,
  query: URLSearchParams,
  nowSeconds: number,
): boolean {
  return wasSignedPath(config, path, query) && Number(query.get('expires')) > nowSeconds;
}

/** Whether `query` holds a signature of `path` that `signPath` made for this stack, over or not. */
export function wasSignedPath(config: StackConfig, path: string, query: URLSearchParams): boolean {
  const expires = query.get('expires') ?? '';
  const signature = query.get('signature') ?? '';
  return derivedKeys(config, 'signed-url').some((key) =>
    equalInConstantTime(signature, signatureOf(key, path, expires)),
  );
}

function signatureOf(key: Uint8Array, path: string, expires: string): string {
  return createHmac('sha256', key)
    .update(`${path.replace(/\/$/, '')}\n${expires}`)
    .digest('base64url');
}
