import type { WabaResult } from './answer-of.ts';
import { callWaba, type Probe, type WabaRequest } from './call-waba.ts';
import { isRecord, type JsonRecord } from './json-record.ts';
import { placeOf } from './upstream/place-of.ts';
import type { Call, Node, WabaAccess, WebhookSetting } from './upstream/upstream.ts';
import { upstreamOf } from './upstream/upstream-of.ts';

const CALL_DEADLINE_MS = 10_000;

/** Someone waits for the health of the stack; what takes longer is not well. */
const CHECK_DEADLINE_MS = 5_000;

/** 5 MB at a slow pace. */
const UPLOAD_DEADLINE_MS = 30_000;

/** A hundred templates with ten cards each, or a thousand blocked customers, come to less. */
const MAX_LIST_BYTES = 4 * 1024 * 1024;

/** What of the profile is asked for; without `fields` WhatsApp tells nothing but the product's name. */
const PROFILE_FIELDS =
  'about,address,description,email,profile_picture_url,websites,vertical,messaging_product';

/**
 * The REST API about the number itself and its account, one call per method. No method throws; see `WabaResult`.
 * Where the upstreams answer differently, a success has the body that `Upstream` says.
 */
export interface AccountClient {
  /** A part of the templates, from a cursor on. */
  listTemplates(part: { limit: number; cursor: string }): Promise<WabaResult>;
  createTemplate(template: JsonRecord): Promise<WabaResult>;
  /** In all its languages. */
  deleteTemplate(name: string): Promise<WabaResult>;
  /** GET /whatsapp_business_profile */
  profile(): Promise<WabaResult>;
  /** Changes the fields that are given. */
  updateProfile(fields: JsonRecord): Promise<WabaResult>;
  /** Begins an upload of a photo; the body's `id` names it. */
  beginUpload(file: { size: number; mimeType: string }): Promise<WabaResult>;
  /** Sends all of it; the body's `h` is the handle of what was uploaded. */
  finishUpload(uploadId: string, content: ArrayBuffer): Promise<WabaResult>;
  /** GET /block_users, a page after a cursor; empty for the first. */
  blockedUsers(after: string): Promise<WabaResult>;
  blockUser(user: JsonRecord): Promise<WabaResult>;
  unblockUser(user: JsonRecord): Promise<WabaResult>;
  /** The body's `health_status` is WhatsApp's account of the number's health. */
  health(): Promise<WabaResult>;
  /** Where the number's webhook points: the body's `url`, and `headers`. */
  webhookConfig(): Promise<WabaResult>;
  setWebhook(own: WebhookSetting): Promise<WabaResult>;
  /** The body's `phone_numbers` are those that the key is good for. */
  numbers(): Promise<WabaResult>;
}

/** Blocked customers in one answer. */
const BLOCKED_PER_PAGE = 1_000;

type AccountRequest = Omit<WabaRequest, 'deadlineMs'> & { deadlineMs?: number; node?: Node };

/** Opens the API of a stack's number. `probe` is replaced in tests. */
export function accountClient(access: WabaAccess, probe?: Probe): AccountClient {
  const upstream = upstreamOf(access);
  const call = async ({ node = 'number', ...request }: AccountRequest): Promise<WabaResult> => {
    const place = await placeOf(access, node, CALL_DEADLINE_MS, probe);
    if (typeof place !== 'string') return place;
    const path = place + request.path;
    return callWaba(access, { deadlineMs: CALL_DEADLINE_MS, ...request, path }, probe);
  };
  const list = (path: string) => call({ method: 'GET', path, maxAnswerBytes: MAX_LIST_BYTES });
  const write = (path: string, body: JsonRecord, method: 'POST' | 'DELETE' = 'POST') =>
    call({ method, path, body: JSON.stringify(body), contentType: 'application/json' });
  /** A call that the upstream makes in a way of its own. */
  const own = async (
    { method, node, path, body, read }: Call,
    limits: Pick<AccountRequest, 'deadlineMs' | 'maxAnswerBytes'> = {},
  ): Promise<WabaResult> => {
    const content =
      body === undefined ? {} : { body: JSON.stringify(body), contentType: 'application/json' };
    const result = await call({ method, node, path, ...content, ...limits });
    const isRead = read !== undefined && result.kind === 'answered' && isSuccess(result.status);
    return isRead && isRecord(result.body) ? { ...result, body: read(result.body) } : result;
  };
  const check = { deadlineMs: CHECK_DEADLINE_MS };
  return {
    listTemplates: ({ limit, cursor }) =>
      own(upstream.listTemplates(cursor, limit), { maxAnswerBytes: MAX_LIST_BYTES }),
    createTemplate: (template) => own(upstream.createTemplate(template)),
    deleteTemplate: (name) => own(upstream.deleteTemplate(name)),
    profile: () =>
      call({ method: 'GET', path: `/whatsapp_business_profile?fields=${PROFILE_FIELDS}` }),
    updateProfile: (fields) =>
      write('/whatsapp_business_profile', { messaging_product: 'whatsapp', ...fields }),
    beginUpload: ({ size, mimeType }) => {
      const query = new URLSearchParams({
        file_length: String(size),
        file_type: mimeType,
        session_type: 'attachment',
      });
      return call({ method: 'POST', node: 'app', path: `/uploads?${query.toString()}` });
    },
    finishUpload: (uploadId, content) =>
      call({
        method: 'POST',
        node: 'root',
        // The id is `upload:…` and may have a query of its own, a signature: it is taken as it is.
        path: `/${uploadId}`,
        headers: { file_offset: '0' },
        body: content,
        contentType: 'application/octet-stream',
        deadlineMs: UPLOAD_DEADLINE_MS,
      }),
    blockedUsers: (after) => {
      const page = new URLSearchParams({
        limit: String(BLOCKED_PER_PAGE),
        ...(after && { after }),
      });
      return list(`/block_users?${page.toString()}`);
    },
    blockUser: (user) => write('/block_users', blocking(user)),
    unblockUser: (user) => write('/block_users', blocking(user), 'DELETE'),
    health: () => own(upstream.health, check),
    webhookConfig: () => own(upstream.webhook, check),
    setWebhook: (webhook) => own(upstream.setWebhook(webhook)),
    numbers: () => own(upstream.numbers, check),
  };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function blocking(user: JsonRecord): JsonRecord {
  return { messaging_product: 'whatsapp', block_users: [user] };
}
