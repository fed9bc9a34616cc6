import { eq } from 'drizzle-orm';
import { notFound, WaypostError } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { media } from '../../store/schema.ts';
import type { WabaResult } from '../../waba/answer-of.ts';
import { wabaClient } from '../../waba/client.ts';
import { ruleOfCode, ruleOfStatus } from '../../waba/error-codes.ts';
import { isRecord, textOf } from '../../waba/json-record.ts';
import { parseError } from '../../waba/parse-error.ts';
import { fileNameOf } from './file-name.ts';
import { isTakenByWaba } from './media-kinds.ts';
import { findMedia, mediaKey, type MediaRow } from './media-row.ts';
import { safeType } from './mime-type.ts';

/** WABA keeps an upload for 30 days (360dialog: Upload, retrieve or delete media); a day to spare. */
const UPLOAD_LIFE_MS = 29 * 24 * 60 * 60 * 1_000;

/** WABA takes nothing of the account's (a wrong key, an unpaid bill): `answer` is what it said. */
export class UploadBarred extends WaypostError {
  readonly answer: WabaResult;

  constructor(answer: WabaResult, reason: string) {
    super('unavailable', `The file could not be handed to WhatsApp: ${reason}`);
    this.answer = answer;
  }
}

/**
 * Returns WABA's id of one of our files, for a message that links to it; uploads the file where WABA
 * does not have it (any more). `now` is in milliseconds. Throws `not_found` where there is no such
 * file, `invalid` where WABA does not take it, and `unavailable` where it may work later.
 */
export async function uploadedMediaId(
  ctx: StackContext,
  mediaId: string,
  now: number = Date.now(),
): Promise<string> {
  const file = await findMedia(ctx.db, mediaId);
  if (file === undefined || file.state === 'failed') throw notFound();
  if (file.upload_id !== null && (file.upload_expires_at ?? 0) > now) return file.upload_id;
  if (file.state === 'pending') {
    throw new WaypostError('unavailable', 'The file has not been fetched from WhatsApp yet.');
  }
  if (!isTakenByWaba(file.mime_type)) {
    throw new WaypostError('invalid', `WhatsApp takes no files of type ${file.mime_type}.`);
  }
  const uploadId = idOf(await upload(ctx, file));
  const known = { upload_id: uploadId, upload_expires_at: now + UPLOAD_LIFE_MS };
  await ctx.db.run(query.update(media).set(known).where(eq(media.id, mediaId)));
  return uploadId;
}

async function upload({ config, files }: StackContext, file: MediaRow): Promise<WabaResult> {
  const object = await files.get(mediaKey(file.id));
  if (object === null || !('body' in object)) throw notFound();
  const { body, size } = object;
  const mimeType = safeType(file.mime_type);
  return wabaClient(config).uploadMedia({ body, size, mimeType, filename: fileNameOf(file) });
}

/** Reads the answer to `POST /media`. A second upload does no harm, so what is unsure is tried again. */
function idOf(result: WabaResult): string {
  if (result.kind !== 'answered') throw unavailable(result.reason);
  const { status, body } = result;
  const id = isRecord(body) ? textOf(body['id']) : undefined;
  if (status >= 200 && status < 300) {
    if (id === undefined) throw unavailable('an answer without an id');
    return id;
  }
  const error = parseError(body);
  const byCode = error?.code === undefined ? undefined : ruleOfCode(error.code);
  const rule = byCode ?? ruleOfStatus(status);
  const reason = error?.message ?? `HTTP status ${status}`;
  if (rule?.act === 'bar') throw new UploadBarred(result, reason);
  // What alerts is repaired by people, and then the file can be sent.
  if (rule?.act === 'fail' && !rule.alert) {
    throw new WaypostError('invalid', `WhatsApp did not take the file: ${reason}`);
  }
  throw unavailable(reason);
}

function unavailable(reason: string): WaypostError {
  return new WaypostError('unavailable', `The file could not be handed to WhatsApp: ${reason}`);
}
