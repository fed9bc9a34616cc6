import { isRecord, type JsonRecord, listOf } from '../json-record.ts';
import { dialogDownloadUrl } from './download-url.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Call, Upstream, WabaAccess } from './upstream.ts';

const TEMPLATES = '/v1/configs/templates';
const WEBHOOK = '/v1/configs/webhook';

/** 360dialog: its key says which number, account and app are meant. */
export function dialogUpstream({ wabaApiUrl, d360ApiKey }: WabaAccess): Upstream {
  return {
    keySetting: 'D360_API_KEY',
    authorization: d360ApiKey === undefined ? undefined : { 'D360-API-KEY': d360ApiKey },
    pathOf: () => '',
    health: get('/health_status'),
    mediaInfo: (mediaId) => get(`/${encodeURIComponent(mediaId)}`),
    listTemplates: (cursor, limit) => {
      const offset = Number(cursor);
      const path = `${TEMPLATES}?limit=${limit}&offset=${offset}`;
      return get(path, (body) => templatesIn(body, offset));
    },
    createTemplate: (body) => ({ method: 'POST', node: 'account', path: TEMPLATES, body }),
    deleteTemplate: (name) => {
      const path = `${TEMPLATES}/${encodeURIComponent(name)}`;
      return { method: 'DELETE', node: 'account', path };
    },
    webhook: get(WEBHOOK),
    setWebhook: ({ url, token }) => {
      const body = { url, headers: { Authorization: `Bearer ${token}` } };
      return { method: 'POST', node: 'number', path: WEBHOOK, body };
    },
    numbers: get('/waba_webhook'),
    downloadUrl: (link) => dialogDownloadUrl(link, wabaApiUrl),
    retryAfterMs,
  };
}

function get(path: string, read?: Call['read']): Call {
  return { method: 'GET', node: 'number', path, ...(read && { read }) };
}

/** The list tells no end but an empty part: its counters are not documented alike everywhere. */
function templatesIn({ waba_templates: templates }: JsonRecord, offset: number): JsonRecord {
  const { length } = listOf(templates).filter(isRecord);
  const next = length === 0 ? {} : { next: String(offset + listOf(templates).length) };
  return { templates, ...next };
}
