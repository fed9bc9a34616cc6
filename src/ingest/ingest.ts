import { createHash } from 'node:crypto';
import { WaypostError } from '../error.ts';
import { readHops } from '../delivery/hops.ts';
import type { StackContext } from '../store/open-stack.ts';
import { readBody } from '../waba/envelope.ts';
import { isRecord, type JsonRecord } from '../waba/json-record.ts';
import { authenticateWaba, refuseAnonymous, SIGNATURE_HEADERS } from './authenticate-waba.ts';
import { readKnown } from './known.ts';
import type { PlanInput } from './plan.ts';
import { readLimited } from './read-limited.ts';
import { recordNew, type Ingested } from './record-new.ts';

/** Meta's limit of a webhook body ("Webhooks", payload size). */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/**
 * Takes one call of WABA's: authenticates it, understands it, and stores it whole. When this returns,
 * the answer may be 200: what the body says is in D1. Throws `unauthenticated`, `too_large`,
 * `invalid` (not a JSON object) and `loop` with nothing stored, and whatever D1 throws, so that WABA sends it again.
 */
export async function ingest(
  request: Request,
  stack: StackContext,
  now: number,
): Promise<Ingested | undefined> {
  const { config, db } = stack;
  const url = new URL(request.url);
  refuseAnonymous(config, url, request.headers);
  const bytes = await readLimited(request, MAX_BODY_BYTES);
  authenticateWaba(config, url, request.headers, bytes);
  const hops = readHops(request.headers);
  const text = decode(bytes);
  const inbound = readBody(parse(text));
  const digest = createHash('sha256').update(bytes).digest('hex');
  const read = async (): Promise<PlanInput> => ({
    inbound,
    known: await readKnown(db, inbound, digest, now),
    text,
    digest,
    signatures: signatureHeaders(request.headers),
    hops,
    baseUrl: config.publicUrl ?? url.origin,
    now,
    newId: () => crypto.randomUUID(),
  });
  return recordNew(read, stack);
}

/** JSON is UTF-8 (RFC 8259); anything else could not be forwarded as it came. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed();
  }
}

function parse(text: string): JsonRecord {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw malformed();
  }
  if (!isRecord(parsed)) throw malformed();
  return parsed;
}

function malformed(): WaypostError {
  return new WaypostError('invalid', 'The body is not a JSON object.');
}

function signatureHeaders(headers: Headers): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of SIGNATURE_HEADERS) {
    const value = headers.get(name);
    if (value !== null) found[name] = value;
  }
  return found;
}
