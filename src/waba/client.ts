import type { WabaResult } from './answer-of.ts';
import { callWaba, type Probe, type WabaRequest } from './call-waba.ts';
import type { JsonRecord } from './json-record.ts';
import { multipartFile, type OutgoingFile } from './multipart-file.ts';
import type { WabaAccess } from './upstream/upstream.ts';
import { upstreamOf } from './upstream/upstream-of.ts';

/** Long enough for a slow WABA; a later answer is worth less than knowing that there was none. */
const SEND_DEADLINE_MS = 20_000;

const CALL_DEADLINE_MS = 10_000;

/** 100 MB at a slow pace. */
const UPLOAD_DEADLINE_MS = 120_000;

/** The number's REST API, one call per method. No method throws; see `WabaResult`. */
export interface WabaClient {
  /** POST /messages */
  sendMessage(body: JsonRecord): Promise<WabaResult>;
  /** Shows WhatsApp's blue ticks for the message and all before it. */
  markRead(wabaId: string): Promise<WabaResult>;
  /** POST /media; the body's `id` is good for 30 days. */
  uploadMedia(file: OutgoingFile): Promise<WabaResult>;
  /** GET /{media-id}; the body's `url` is good for five minutes. */
  mediaInfo(mediaId: string): Promise<WabaResult>;
}

/** Opens the API of a stack's number. `probe` is replaced in tests. */
export function wabaClient(access: WabaAccess, probe?: Probe): WabaClient {
  const upstream = upstreamOf(access);
  const number = upstream.pathOf('number') ?? '';
  const call = (request: WabaRequest) => callWaba(access, request, probe);
  const post = (path: string, body: JsonRecord, deadlineMs: number) =>
    call({
      method: 'POST',
      path: number + path,
      body: JSON.stringify(body),
      contentType: 'application/json',
      deadlineMs,
    });
  return {
    sendMessage: (body) => post('/messages', body, SEND_DEADLINE_MS),
    markRead: (wabaId) => {
      const body = { messaging_product: 'whatsapp', status: 'read', message_id: wabaId };
      return post('/messages', body, CALL_DEADLINE_MS);
    },
    uploadMedia: (file) => {
      const { body, contentType } = multipartFile(file);
      return call({
        method: 'POST',
        path: `${number}/media`,
        body,
        contentType,
        deadlineMs: UPLOAD_DEADLINE_MS,
      });
    },
    mediaInfo: (mediaId) => {
      const { method, path } = upstream.mediaInfo(mediaId);
      return call({ method, path, deadlineMs: CALL_DEADLINE_MS });
    },
  };
}
