import type { WabaResult } from './answer-of.ts';
import { callWaba, type Probe, type WabaAccess, type WabaRequest } from './call-waba.ts';
import type { JsonRecord } from './json-record.ts';

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

/** 360dialog's REST API about the number itself, one call per method. No method throws; see `WabaResult`. */
export interface AccountClient {
  /** GET /v1/configs/templates */
  listTemplates(part: { limit: number; offset: number }): Promise<WabaResult>;
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
  /** GET /health_status */
  health(): Promise<WabaResult>;
  /** GET /v1/configs/webhook: where the number's webhook points. */
  webhookConfig(): Promise<WabaResult>;
  setWebhookConfig(config: { url: string; headers: Record<string, string> }): Promise<WabaResult>;
  /** GET /waba_webhook: the body's `phone_numbers` are those of the WhatsApp Business account. */
  accountWebhook(): Promise<WabaResult>;
}

/** Blocked customers in one answer. */
const BLOCKED_PER_PAGE = 1_000;

/** Opens the API of a stack's number. `probe` is replaced in tests. */
export function accountClient(access: WabaAccess, probe?: Probe): AccountClient {
  const call = (request: Omit<WabaRequest, 'deadlineMs'> & { deadlineMs?: number }) =>
    callWaba(access, { deadlineMs: CALL_DEADLINE_MS, ...request }, probe);
  const list = (path: string) => call({ method: 'GET', path, maxAnswerBytes: MAX_LIST_BYTES });
  const write = (path: string, body: JsonRecord, method: 'POST' | 'DELETE' = 'POST') =>
    call({ method, path, body: JSON.stringify(body), contentType: 'application/json' });
  const check = (path: string) => call({ method: 'GET', path, deadlineMs: CHECK_DEADLINE_MS });
  return {
    listTemplates: ({ limit, offset }) =>
      list(`/v1/configs/templates?limit=${limit}&offset=${offset}`),
    createTemplate: (template) => write('/v1/configs/templates', template),
    deleteTemplate: (name) =>
      call({ method: 'DELETE', path: `/v1/configs/templates/${encodeURIComponent(name)}` }),
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
      return call({ method: 'POST', path: `/uploads?${query.toString()}` });
    },
    finishUpload: (uploadId, content) =>
      call({
        method: 'POST',
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
    health: () => check('/health_status'),
    webhookConfig: () => check('/v1/configs/webhook'),
    setWebhookConfig: (config) => write('/v1/configs/webhook', config),
    accountWebhook: () => check('/waba_webhook'),
  };
}

function blocking(user: JsonRecord): JsonRecord {
  return { messaging_product: 'whatsapp', block_users: [user] };
}
