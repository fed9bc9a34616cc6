import { WaypostError } from '../../error.ts';
import { linkedMedia } from '../../inbox/sending/linked-media.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { wabaClient } from '../../waba/client.ts';
import { messageBody } from '../../waba/message-body.ts';
import type { WabaError } from '../../waba/parse-error.ts';
import type { WabaResult } from '../../waba/waba-result.ts';
import { payloadOf, type OutgoingMessage } from './outgoing-message.ts';

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

/** Makes one attempt to send a message. Never throws. */
export async function sendJob(
  ctx: StackContext,
  job: SendJob,
  uploadedMediaId: UploadedMediaId,
): Promise<SendResult> {
  const { id, chat, type } = job.message;
  const payload = payloadOf(job.message);
  const uploads = new Map<string, string>();
  try {
    for (const [link, mediaId] of linkedMedia(payload[type])) {
      const uploadId = await uploadUnlessForeign(() => uploadedMediaId(ctx, mediaId));
      if (uploadId !== undefined) uploads.set(link, uploadId);
    }
  } catch (error) {
    return withoutFile(error);
  }
  const body = messageBody({ id, chat, type, payload }, uploads);
  return wabaClient(ctx.config).sendMessage(body);
}

/** A link that only looks like one of ours is WhatsApp's to fetch. */
async function uploadUnlessForeign(upload: () => Promise<string>): Promise<string | undefined> {
  try {
    return await upload();
  } catch (error) {
    if (error instanceof WaypostError && error.code === 'not_found') return undefined;
    throw error;
  }
}

function withoutFile(error: unknown): SendResult {
  const message = error instanceof Error ? error.message : String(error);
  const isFinal = error instanceof WaypostError && error.code === 'invalid';
  if (!isFinal) return { kind: 'unready', reason: message };
  return {
    kind: 'refused',
    error: { code: INVALID_PARAMETER, title: 'File not sendable', message },
  };
}
