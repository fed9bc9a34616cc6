import { isRecord, type JsonRecord, listOf, textOf } from '../json-record.ts';
import { metaDownloadUrl } from './download-url.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Node, Upstream, WabaAccess, WebhookSetting } from './upstream.ts';

/** What of a template is asked for; without `fields` Graph does not say why one was refused. */
const TEMPLATE_FIELDS = 'id,name,language,status,category,components,rejected_reason';

const TEMPLATES = '/message_templates';

/** An account's usage header may ask for days; somebody may have raised the limit until then. */
const MAX_WAIT_MS = 60 * 60 * 1000;
const MINUTE_MS = 60_000;

/** Meta's own Cloud API: the paths name the number and its account, and one token may reach several. */
export function metaUpstream({ wabaApiUrl, meta }: WabaAccess): Upstream {
  const token = meta?.accessToken;
  const ids: Record<Node, string | undefined> = {
    root: '',
    number: meta?.phoneNumberId,
    account: meta?.wabaId,
    app: meta?.appId,
  };
  return {
    keySetting: 'META_ACCESS_TOKEN',
    authorization: token === undefined ? undefined : { Authorization: `Bearer ${token}` },
    pathOf: (node) => (node === 'root' ? '' : ids[node] && `/${ids[node]}`),
    health: { method: 'GET', node: 'number', path: '?fields=health_status' },
    mediaInfo: (mediaId) => ({
      method: 'GET',
      node: 'root',
      // With the number WhatsApp tells of its own files only.
      path: `/${encodeURIComponent(mediaId)}?phone_number_id=${meta?.phoneNumberId ?? ''}`,
    }),
    listTemplates: (cursor, limit) => {
      const [before = '', after = ''] = cursor.split(' ', 2);
      const part = new URLSearchParams({
        fields: TEMPLATE_FIELDS,
        limit: String(limit),
        ...(after && { after }),
      });
      const path = `${TEMPLATES}?${part.toString()}`;
      const read = (body: JsonRecord) => templatesIn(body, Number(before));
      return { method: 'GET', node: 'account', path, read };
    },
    createTemplate: (body) => ({ method: 'POST', node: 'account', path: TEMPLATES, body }),
    deleteTemplate: (name) => {
      const path = `${TEMPLATES}?${new URLSearchParams({ name }).toString()}`;
      return { method: 'DELETE', node: 'account', path };
    },
    webhook: {
      method: 'GET',
      node: 'number',
      path: '?fields=webhook_configuration',
      read: webhookIn,
    },
    setWebhook: (own) => ({
      method: 'POST',
      node: 'number',
      path: '',
      body: {
        webhook_configuration: {
          override_callback_uri: callbackOf(own),
          verify_token: own.token,
        },
      },
    }),
    numbers: {
      method: 'GET',
      node: 'number',
      path: '?fields=display_phone_number',
      read: ({ display_phone_number: number }) => ({ phone_numbers: [number] }),
    },
    downloadUrl: (link) => metaDownloadUrl(link, wabaApiUrl),
    retryAfterMs: (response) => retryAfterMs(response) ?? usageWaitMs(response),
  };
}

/** `next` of Graph's paging is a whole URL, which is not called on its word: the cursor says the same. */
function templatesIn({ data, paging }: JsonRecord, before: number): JsonRecord {
  const cursors = isRecord(paging) ? paging['cursors'] : undefined;
  const after = isRecord(cursors) ? textOf(cursors['after']) : undefined;
  const { length } = listOf(data);
  const hasNext = length > 0 && after !== undefined;
  return { templates: data, ...(hasNext && { next: `${before + length} ${after}` }) };
}

/** The webhook of the number goes before that of its account, and that before the app's (Meta: webhook overrides). */
function webhookIn({ webhook_configuration: levels }: JsonRecord): JsonRecord {
  const { phone_number, whatsapp_business_account, application } = isRecord(levels) ? levels : {};
  const url = [phone_number, whatsapp_business_account, application].map(textOf).find(Boolean);
  // Meta sends no headers of ours: what shows the token is the query.
  return { url: url ?? '', headers: {} };
}

function callbackOf({ url, token, isSigned }: WebhookSetting): string {
  return isSigned ? url : `${url}?${new URLSearchParams({ token }).toString()}`;
}

/**
 * How long until one of the account's budgets of calls is open again, by `X-Business-Use-Case-Usage` of an answer
 * that refuses: `{"<id>":[{"estimated_time_to_regain_access":<minutes>}]}`.
 */
function usageWaitMs({ ok, headers }: Response): number | undefined {
  if (ok) return undefined;
  let usage: unknown;
  try {
    usage = JSON.parse(headers.get('X-Business-Use-Case-Usage') ?? 'null');
  } catch {
    return undefined;
  }
  const budgets = isRecord(usage) ? Object.values(usage).flatMap(listOf).filter(isRecord) : [];
  const minutes = Math.max(
    0,
    ...budgets.map((budget) => Number(budget['estimated_time_to_regain_access']) || 0),
  );
  return minutes === 0 ? undefined : Math.min(minutes * MINUTE_MS, MAX_WAIT_MS);
}
