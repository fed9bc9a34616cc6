import { createHash } from 'node:crypto';
import type { InboundCall } from '../bindings.ts';
import type { StackConfig } from '../config.ts';
import { readHops } from '../outbound/hops.ts';
import { readRequest } from '../outbound/read-request.ts';
import { WaypostError } from '../error.ts';
import { readBody, type InboundBody } from '../waba/envelope.ts';
import { isRecord, type JsonRecord } from '../waba/json-record.ts';
import { authenticateWaba, refuseAnonymous, SIGNATURE_HEADERS } from './authenticate-waba.ts';

/** Meta's limit of a webhook body ("Webhooks", payload size). */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** A call as it came, and what its body says. */
export interface ReadCall {
  call: InboundCall;
  inbound: InboundBody;
}

/**
 * Reads a call of WABA's that came at `now` (milliseconds). Throws `unauthenticated`, `too_large`,
 * `invalid` (not a JSON object) and `loop`.
 */
export async function readCall(
  request: Request,
  config: StackConfig,
  now: number,
): Promise<ReadCall> {
  const url = new URL(request.url);
  refuseAnonymous(config, url, request.headers);
  const bytes = await readRequest(request, MAX_BODY_BYTES);
  authenticateWaba(config, url, request.headers, bytes);
  const hops = readHops(request.headers);
  const text = decode(bytes);
  const call = {
    text,
    digest: createHash('sha256').update(bytes).digest('hex'),
    signatures: signatureHeaders(request.headers),
    hops,
    baseUrl: config.publicUrl ?? url.origin,
    now,
  };
  return { call, inbound: understand(text) };
}

/**
 * Returns what a body says, of the number `ownNumberId` alone where that is given. Throws `invalid` where it
 * is not a JSON object.
 */
export function understand(text: string, ownNumberId?: string): InboundBody {
  return readBody(parse(text), ownNumberId);
}

/** JSON is UTF-8 (RFC 8259); anything else could not be forwarded as it came. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw malformed(cause);
  }
}

function parse(text: string): JsonRecord {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw malformed(cause);
  }
  if (!isRecord(parsed)) throw malformed();
  return parsed;
}

function malformed(cause?: unknown): WaypostError {
  return new WaypostError('invalid', 'The body is not a JSON object.', { cause });
}

function signatureHeaders(headers: Headers): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of SIGNATURE_HEADERS) {
    const value = headers.get(name);
    if (value !== null) found[name] = value;
  }
  return found;
}
