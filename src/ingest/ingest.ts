import { createHash } from 'node:crypto';
import { WaypostError } from '../error.ts';
import { readHops } from '../delivery/hops.ts';
import type { WrittenEvent } from '../inbox/events.ts';
import { isUniqueViolation } from '../store/database.ts';
import type { StackContext } from '../store/open-stack.ts';
import { readBody } from '../waba/envelope.ts';
import { isRecord, type JsonRecord } from '../waba/json-record.ts';
import { authenticateWaba, SIGNATURE_HEADERS } from './authenticate-waba.ts';
import { readKnown } from './known.ts';
import { planIngest, type IngestPlan, type PlanInput } from './plan.ts';
import { readLimited } from './read-limited.ts';
import { recordPlan } from './record.ts';

/** Meta's limit of a webhook body ("Webhooks", payload size). */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** What an ingest wrote; undefined where all of it was known. */
export interface Ingested extends WrittenEvent {
  mediaIds: string[];
}

/**
 * Takes one call of WABA's: authenticates it, understands it, and stores it whole. When this returns,
 * the answer may be 200: what the body says is in D1. Throws `unauthenticated`, `too_large`,
 * `invalid` (not a JSON object) and `loop` with nothing stored, and whatever D1 throws, so that WABA sends it again.
 */
export async function ingest(
  request: Request,
  { config, db, files }: StackContext,
  now: number,
): Promise<Ingested | undefined> {
  const url = new URL(request.url);
  const bytes = await readLimited(request, MAX_BODY_BYTES);
  authenticateWaba(config, url, request.headers, bytes);
  const hops = readHops(request.headers);
  const text = decode(bytes);
  const inbound = readBody(parse(text));
  const digest = createHash('sha256').update(bytes).digest('hex');
  const plan = async (): Promise<IngestPlan | undefined> => {
    const input: PlanInput = {
      inbound,
      known: await readKnown(db, inbound, digest, now),
      text,
      digest,
      signatures: signatureHeaders(request.headers),
      hops,
      baseUrl: config.publicUrl ?? url.origin,
      now,
      newId: () => crypto.randomUUID(),
    };
    return planIngest(input);
  };
  return recordNew(plan, async (planned) => {
    const written = await recordPlan(db, files, planned);
    return { ...written, mediaIds: planned.messages.flatMap(({ media }) => media?.uuid ?? []) };
  });
}

/** How often a body is planned anew after another request stored a part of it first. */
const MAX_RACES = 5;

async function recordNew(
  plan: () => Promise<IngestPlan | undefined>,
  record: (plan: IngestPlan) => Promise<Ingested>,
): Promise<Ingested | undefined> {
  for (let race = 0; ; race += 1) {
    const planned = await plan();
    if (planned === undefined) return undefined;
    try {
      return await record(planned);
    } catch (error) {
      if (!isUniqueViolation(error) || race === MAX_RACES) throw error;
    }
  }
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
