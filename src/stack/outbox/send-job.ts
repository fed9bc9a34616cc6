import { WaypostError } from '../../error.ts';
import { UploadBarred } from '../../inbox/media/uploaded-media-id.ts';
import { parsePayload } from '../../inbox/messages/present-message.ts';
import { mediaLinks, ownOriginsOf } from '../../inbox/sending/linked-media.ts';
import type { StackContext } from '../../store/open-stack.ts';
import type { WabaResult } from '../../waba/answer-of.ts';
import { wabaClient } from '../../waba/client.ts';
import { messageBody } from '../../waba/message-body.ts';
import type { WabaError } from '../../waba/parse-error.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

/** One message for one attempt. Plain values: it crosses from the Stack object to its sender. */
export interface SendJob {
  stack: string;
  message: Pick<OutgoingMessage, 'id' | 'chat' | 'type' | 'payload'>;
}

/** What came of an attempt: WABA's answer, or why nothing was sent. */
export type SendResult =
  | WabaResult
  /** Never to be sent: WABA does not take the file, say. */
  | { kind: 'refused'; error: WabaError }
  /** Not sent for now: the file could not be handed to WABA. */
  | { kind: 'unready'; reason: string };

/**
 * WABA's id of a file of ours, which is uploaded where WABA does not have it. Throws `not_found` where
 * there is no such file, `invalid` where WABA never takes it, anything else where it may work later.
 */
export type UploadedMediaId = (ctx: StackContext, mediaId: string) => Promise<string>;

/** WhatsApp's code for a parameter it cannot use. */
const INVALID_PARAMETER = 131009;

/** Whether a message has files of ours in it, which WABA must have before it is sent. */
export function hasOwnFiles(config: StackContext['config'], job: SendJob): boolean {
  return ownFilesOf(config, job).length > 0;
}

/** Hands a message's files to WABA; returns what keeps it from being sent. Never throws. */
export async function handOver(
  ctx: StackContext,
  job: SendJob,
  uploadedMediaId: UploadedMediaId,
): Promise<SendResult | undefined> {
  const uploads = await upload(ctx, job, uploadedMediaId);
  return uploads instanceof Map ? undefined : uploads;
}

/** Makes one attempt to send a message. Never throws. */
export async function sendJob(
  ctx: StackContext,
  job: SendJob,
  uploadedMediaId: UploadedMediaId,
): Promise<SendResult> {
  const { id, chat, type } = job.message;
  const payload = parsePayload(job.message.payload);
  const uploads = await upload(ctx, job, uploadedMediaId);
  if (!(uploads instanceof Map)) return uploads;
  const body = messageBody({ id, chat, type, payload }, uploads);
  return wabaClient(ctx.config).sendMessage(body);
}

function ownFilesOf(config: StackContext['config'], { message: { type, payload } }: SendJob) {
  const links = mediaLinks({ type, content: parsePayload(payload)[type] }, ownOriginsOf(config));
  return links.filter(({ isOwn }) => isOwn);
}

/** WABA's ids by link, or why there are none. */
async function upload(
  ctx: StackContext,
  job: SendJob,
  uploadedMediaId: UploadedMediaId,
): Promise<Map<string, string> | SendResult> {
  const uploads = new Map<string, string>();
  try {
    for (const { link, mediaId } of ownFilesOf(ctx.config, job)) {
      uploads.set(link, await uploadedMediaId(ctx, mediaId));
    }
    return uploads;
  } catch (error) {
    return withoutFile(error);
  }
}

function withoutFile(error: unknown): SendResult {
  // The account is barred: that is so for messages, too, and none of them fails for it.
  if (error instanceof UploadBarred) return error.answer;
  const message = error instanceof Error ? error.message : String(error);
  const isFinal = error instanceof WaypostError && error.code !== 'unavailable';
  if (!isFinal) return { kind: 'unready', reason: message };
  return {
    kind: 'refused',
    error: { code: INVALID_PARAMETER, title: 'File not sendable', message },
  };
}
