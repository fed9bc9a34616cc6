import { WaypostError } from '../../error.ts';
import { parsePayload } from '../../inbox/messages/present-message.ts';
import { mediaLinks, ownOriginsOf } from '../../inbox/sending/linked-media.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { wabaClient } from '../../waba/client.ts';
import { messageBody } from '../../waba/message-body.ts';
import type { WabaError } from '../../waba/parse-error.ts';
import type { WabaResult } from '../../waba/waba-result.ts';
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

/** Makes one attempt to send a message. Never throws. */
export async function sendJob(
  ctx: StackContext,
  job: SendJob,
  uploadedMediaId: UploadedMediaId,
): Promise<SendResult> {
  const { id, chat, type } = job.message;
  const payload = parsePayload(job.message.payload);
  const uploads = new Map<string, string>();
  try {
    const links = mediaLinks({ type, content: payload[type] }, ownOriginsOf(ctx.config));
    for (const { link, mediaId, isOwn } of links) {
      if (isOwn) uploads.set(link, await uploadedMediaId(ctx, mediaId));
    }
  } catch (error) {
    return withoutFile(error);
  }
  const body = messageBody({ id, chat, type, payload }, uploads);
  return wabaClient(ctx.config).sendMessage(body);
}

function withoutFile(error: unknown): SendResult {
  const message = error instanceof Error ? error.message : String(error);
  const isFinal = error instanceof WaypostError && error.code !== 'unavailable';
  if (!isFinal) return { kind: 'unready', reason: message };
  return {
    kind: 'refused',
    error: { code: INVALID_PARAMETER, title: 'File not sendable', message },
  };
}
