import { and, eq, lte, sql, type SQL } from 'drizzle-orm';
import { log } from '../../log.ts';
import type { Database } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { media, messages } from '../../store/schema.ts';
import { wabaClient } from '../../waba/client.ts';
import { upstreamOf } from '../../waba/upstream/upstream-of.ts';
import { isRecord } from '../../waba/json-record.ts';
import { hexOfSha256 } from '../../waba/sha256-text.ts';
import { counterOf, raiseCounters } from '../counters.ts';
import { parsePayload } from '../messages/present-message.ts';
import {
  DOWNLOAD_LIMITS,
  type DownloadLimits,
  downloadMedia,
  FileTooLarge,
} from './download-media.ts';
import { nextFetchAt } from './fetch-schedule.ts';
import { type Lookup, lookUpMedia } from './look-up-media.ts';
import { mediaKey, type MediaRow } from './media-row.ts';

/**
 * More than five failed `GET /{media-id}` within an hour, and 360dialog blocks the number's for an
 * hour (360dialog: Upload, retrieve or delete media). So three may fail at once, and one more for each
 * half hour: five in any hour. Look-ups that are under way when the third fails are let finish.
 */
const RECOVERY_MS = 30 * 60 * 1_000;

const BURST = 3;

/** Milliseconds; when all failures until now will have been recovered from. */
const COUNTER = 'media_failures';

/** An SQL expression: when (milliseconds, maybe in the past) the next look-up may be made. */
const lookupsOpenAt = sql<number>`
  ${counterOf(COUNTER)} - ${(BURST - 1) * RECOVERY_MS}`;

/** How long a claim holds: the look-up and the download at their slowest, and time to write it down. */
const LEASE_MS = 90_000;

/** Enough of WABA's words to know what it is about. */
const MAX_REASON_CHARACTERS = 300;

type ClaimedFile = Pick<MediaRow, 'id' | 'waba_id' | 'mime_type' | 'attempts' | 'created_at'> & {
  opens_at: number;
};

type FetchOutcome =
  | { kind: 'stored'; mimeType: string; size: number }
  | { kind: 'broken'; reason: string }
  | { kind: 'hopeless'; reason: string }
  | Exclude<Lookup, { kind: 'found' }>;

/**
 * Fetches an incoming file from WABA into the stack's files, if it waits for that and is due at `now`
 * (milliseconds). Whoever rings twice does no harm: one call claims the row. Returns when the file is
 * to be tried again, or undefined where there is nothing more to do here. Failures of WABA are in the
 * row, not thrown.
 */
export async function fetchMedia(
  ctx: StackContext,
  mediaId: string,
  now: number,
  limits: DownloadLimits = DOWNLOAD_LIMITS,
): Promise<number | undefined> {
  const file = await claim(ctx.db, mediaId, now);
  if (file === undefined) return undefined;
  if (file.opens_at > now) return postpone(ctx.db, file);
  const startedAt = Date.now();
  const outcome = await attempt(ctx, file, limits);
  return settle(ctx, file, outcome, now + Date.now() - startedAt);
}

/** Takes a due file, so that no other call does; it falls due again where we never come back. */
async function claim(db: Database, id: string, now: number): Promise<ClaimedFile | undefined> {
  return db.first(
    query
      .update(media)
      .set({ next_at: now + LEASE_MS })
      .where(and(isPending(id), lte(media.next_at, now)))
      .returning({
        id: media.id,
        waba_id: media.waba_id,
        mime_type: media.mime_type,
        attempts: media.attempts,
        created_at: media.created_at,
        opens_at: lookupsOpenAt.as('opens_at'),
      }),
  );
}

function isPending(id: string) {
  return and(eq(media.id, id), eq(media.state, 'pending'));
}

async function postpone(db: Database, { id, opens_at }: ClaimedFile): Promise<number> {
  await db.run(query.update(media).set({ next_at: opens_at }).where(isPending(id)));
  return opens_at;
}

async function attempt(
  { config, db, files }: StackContext,
  file: ClaimedFile,
  limits: DownloadLimits,
): Promise<FetchOutcome> {
  if (file.waba_id === null) return { kind: 'hopeless', reason: 'It has no id at WABA.' };
  const lookup = await lookUpMedia(wabaClient(config), file.waba_id);
  if (lookup.kind !== 'found') return lookup;
  const url = upstreamOf(config).downloadUrl(lookup.url);
  if (url === undefined) return { kind: 'broken', reason: 'WABA links to a host we do not know.' };
  const mimeType = lookup.mimeType ?? file.mime_type;
  const sha256 = lookup.sha256 ?? (await sha256InMessage(db, file.id));
  const download = { url, size: lookup.size, mimeType, sha256, key: mediaKey(file.id) };
  try {
    return { kind: 'stored', mimeType, size: await downloadMedia(files, config, download, limits) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: error instanceof FileTooLarge ? 'hopeless' : 'broken', reason };
  }
}

/** The checksum that the file's message told, where WABA tells none now. */
async function sha256InMessage(db: Database, mediaId: string): Promise<string | undefined> {
  const message = await db.first(
    query
      .select({ type: messages.type, payload: messages.payload })
      .from(messages)
      .where(eq(messages.media_id, mediaId))
      .limit(1),
  );
  if (message === undefined) return undefined;
  const content = parsePayload(message.payload)[message.type];
  return isRecord(content) ? hexOfSha256(content['sha256']) : undefined;
}

/** Writes down what came of it; returns when to try again. */
async function settle(
  { config, db, files }: StackContext,
  file: ClaimedFile,
  outcome: FetchOutcome,
  now: number,
): Promise<number | undefined> {
  if (outcome.kind === 'stored') {
    const { mimeType, size } = outcome;
    const stored = { state: 'stored', mime_type: mimeType, size, next_at: null } as const;
    const written = await db.run(query.update(media).set(stored).where(isPending(file.id)));
    if (written === 0) await forgetUnwanted({ db, files }, file);
    return undefined;
  }
  const attempts = file.attempts + 1;
  const nextAt = nextAttemptAt(file, outcome, attempts, now);
  const state = nextAt === undefined ? 'failed' : 'pending';
  const isFailedLookup = outcome.kind === 'gone' || outcome.kind === 'refused';
  await db.batch([
    query
      .update(media)
      .set({ state, attempts, next_at: nextAt ?? null })
      .where(isPending(file.id)),
    ...(isFailedLookup ? [countFailedLookup(now)] : []),
  ]);
  const reason = outcome.reason.slice(0, MAX_REASON_CHARACTERS);
  const stack = config.name;
  log('media_not_fetched', { stack, media: file.id, kind: outcome.kind, reason, attempts, state });
  return nextAt;
}

/** The file was removed while it was being fetched, and must not come back; or another call has stored it. */
async function forgetUnwanted(
  { db, files }: Pick<StackContext, 'db' | 'files'>,
  { id }: ClaimedFile,
): Promise<void> {
  const stored = await db.first(
    query
      .select({ id: media.id })
      .from(media)
      .where(and(eq(media.id, id), eq(media.state, 'stored'))),
  );
  if (stored === undefined) await files.delete([mediaKey(id)]);
}

function nextAttemptAt(
  file: ClaimedFile,
  outcome: Exclude<FetchOutcome, { kind: 'stored' }>,
  attempts: number,
  now: number,
): number | undefined {
  if (outcome.kind === 'gone' || outcome.kind === 'hopeless') return undefined;
  const retryAfterMs = outcome.kind === 'refused' ? outcome.retryAfterMs : undefined;
  const createdAt = file.created_at;
  return nextFetchAt({ failure: outcome.kind, attempts, createdAt, now, retryAfterMs });
}

/** The statement that counts one failed look-up at `now` (milliseconds). */
function countFailedLookup(now: number): SQL {
  const recoveredAt = sql`max(${counterOf(COUNTER)}, ${now}) + ${RECOVERY_MS}`;
  return raiseCounters(sql`select ${COUNTER}, ${recoveredAt} where true`);
}
