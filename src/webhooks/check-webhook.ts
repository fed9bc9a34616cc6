import type { Scope } from '../auth/user.ts';
import type { DialectName, OtherDialect } from '../dialect-names.ts';
import { WaypostError, type FieldProblems } from '../error.ts';
import { checkHeaders } from '../outbound/allowed-headers.ts';
import { splitCredentials, type SplitUrl } from '../outbound/url-credentials.ts';
import { guardUrl, type UrlPolicy } from '../outbound/url-guard.ts';
import type { WebhookDialects } from './dialect.ts';
import type { Ordering, RatePeriod, ScheduleName } from './webhook.ts';

/** What someone wants a webhook to be; what is left out stays as it is. */
export interface WebhookChange {
  url?: string | undefined;
  onIncomingMessage?: boolean | undefined;
  onOutgoingMessage?: boolean | undefined;
  onAssigned?: boolean | undefined;
  onCloudApi?: boolean | undefined;
  /** Told when a webhook is disabled: one of its owner's, or any where that is an admin. */
  onWebhookDisabled?: boolean | undefined;
  fields?: readonly string[] | null | undefined;
  headers?: Record<string, unknown> | undefined;
  /** Signs `on_cloud_api` bodies as Meta does; null for none. Left out it stays, as it is never shown. */
  appSecret?: string | null | undefined;
  /** Holds from the next attempt that fails. */
  schedule?: ScheduleName | undefined;
  ordering?: Ordering | undefined;
  /** Attempts per `rateLimitPer`; null for no limit. */
  rateLimit?: number | null | undefined;
  rateLimitPer?: RatePeriod | undefined;
  isEnabled?: boolean | undefined;
  /** What a webhook of another dialect takes, by that dialect's own names. */
  dialectEvents?: readonly string[] | undefined;
  /** The credential that its dialect sends; null for none. Left out it stays, as it is never shown. */
  dialectKey?: string | null | undefined;
}

/** A change that says all there is to say, as creating and replacing do. */
export type WebhookDraft = WebhookChange & {
  url: string;
  /** Of which dialect a new webhook is; `getchat` where it is left out. It stays what it was made as. */
  dialect?: OtherDialect | undefined;
  /** What the dialect calls by a name of its own: the id of a client, a messenger type. */
  dialectRef?: string | undefined;
};

/** What a webhook keeps where it is replaced by a draft that leaves it out. */
type Kept = 'appSecret' | 'dialect' | 'dialectEvents' | 'dialectKey' | 'dialectRef';

/** A draft that leaves nothing out but what is kept. */
export type CompleteDraft = Required<Omit<WebhookDraft, Kept>> & Pick<WebhookDraft, Kept>;

/** What of a webhook decides whether a change to it may be. */
export interface CurrentWebhook {
  onCloudApi: boolean;
  ordering: Ordering;
  dialect: DialectName;
  /** Its own headers, which a URL with credentials adds one to. */
  headers?: Record<string, string>;
}

/** A change after its checks. */
export interface CheckedChange extends WebhookChange {
  headers?: Record<string, string> | undefined;
}

/** Where webhooks may point, and the dialects that there are: a webhook is of one of them, or of the first. */
export interface WebhookPolicy extends UrlPolicy {
  dialects: WebhookDialects;
}

/** Far more than there are fields to subscribe to in Meta's list. */
const MAX_FIELDS = 50;

const FIELD_NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** Fills what a draft leaves out, as a new webhook has it: no flag, no filter, no header, the default schedule, no order, no limit, enabled. */
export function completeDraft(draft: WebhookDraft): CompleteDraft {
  return {
    ...draft,
    url: draft.url,
    onIncomingMessage: draft.onIncomingMessage ?? false,
    onOutgoingMessage: draft.onOutgoingMessage ?? false,
    onAssigned: draft.onAssigned ?? false,
    onCloudApi: draft.onCloudApi ?? false,
    onWebhookDisabled: draft.onWebhookDisabled ?? false,
    fields: draft.fields ?? null,
    headers: draft.headers ?? {},
    schedule: draft.schedule ?? 'default',
    ordering: draft.ordering ?? 'none',
    rateLimit: draft.rateLimit ?? null,
    rateLimitPer: draft.rateLimitPer ?? 'second',
    isEnabled: draft.isEnabled ?? true,
  };
}

/** What only a webhook without a dialect has. */
const OWN_FLAGS = {
  on_incoming_message: 'onIncomingMessage',
  on_outgoing_message: 'onOutgoingMessage',
  on_assigned: 'onAssigned',
  on_cloud_api: 'onCloudApi',
  on_webhook_disabled: 'onWebhookDisabled',
} as const satisfies Record<string, keyof WebhookChange>;

/**
 * Checks a change against the rules for webhooks. `current` is the webhook it is to change, if there
 * is one; `canReadChats` is the right of its owner, whoever makes the change. Returns the change with
 * its headers as they are to be sent; throws `invalid` naming every field that is wrong.
 */
export function checkWebhook(
  change: WebhookChange,
  current: CurrentWebhook | undefined,
  canReadChats: Scope,
  policy: WebhookPolicy,
): CheckedChange {
  const { headers: asked, ...rest } = change;
  const checked: CheckedChange = rest;
  let headers = asked;
  const problems: FieldProblems = {};
  const onCloudApi = change.onCloudApi ?? current?.onCloudApi ?? false;
  if (change.url !== undefined) {
    const url = checkUrl(change.url, policy);
    if (!url.ok) problems['url'] = [url.reason];
    else checked.url = url.kept;
    if (url.ok && url.authorization !== undefined) {
      if (namesAuthorization(asked)) problems['url'] = [TWO_AUTHORIZATIONS];
      headers = withAuthorization(asked ?? current?.headers ?? {}, url.authorization);
    }
  }
  if (change.onCloudApi === true && canReadChats !== 'all') {
    problems['on_cloud_api'] = [
      'The bodies are forwarded whole, so the owner of the webhook must be allowed to read all chats.',
    ];
  }
  if ((change.ordering ?? current?.ordering) === 'chat' && onCloudApi) {
    const field = change.ordering === 'chat' ? 'ordering' : 'on_cloud_api';
    problems[field] = [
      'The bodies of on_cloud_api may span chats, so that they cannot be put in the order of each: choose one of the two.',
    ];
  }
  Object.assign(problems, dialectProblems(change, current?.dialect, policy.dialects));
  if (change.fields !== undefined && change.fields !== null) {
    const found = fieldsProblems(change.fields, onCloudApi);
    if (found.length > 0) problems['fields'] = found;
  }
  if (headers !== undefined) {
    const result = checkHeaders(headers);
    if (result.ok) checked.headers = result.headers;
    else problems['headers'] = result.problems;
  }
  const [first] = Object.values(problems).flat();
  if (first !== undefined) throw new WaypostError('invalid', first, { fields: problems });
  // The filter goes with what it filters.
  return change.onCloudApi === false ? { ...checked, fields: null } : checked;
}

/** `current` is the dialect of a webhook that there is; a new one's is in its draft. */
function dialectProblems(
  change: WebhookChange & Pick<WebhookDraft, 'dialect'>,
  current: DialectName | undefined,
  dialects: WebhookDialects,
): FieldProblems {
  const name = current ?? change.dialect ?? 'getchat';
  if (name === 'getchat') return {};
  const problems: FieldProblems = {};
  for (const [field, flag] of Object.entries(OWN_FLAGS)) {
    if (change[flag] !== true) continue;
    problems[field] = [
      `A webhook of the dialect ${name} says by that dialect's calls what it takes.`,
    ];
  }
  const dialect = dialects[name];
  if (current === undefined && dialect === undefined) {
    problems['dialect'] = [`There is no dialect ${name}.`];
  }
  const unknown = (change.dialectEvents ?? []).filter((event) => !dialect?.events.includes(event));
  if (unknown.length > 0) {
    problems['dialect_events'] = unknown.map(
      (event) => `The dialect ${name} has no event ${JSON.stringify(event.slice(0, 64))}.`,
    );
  }
  return problems;
}

const TWO_AUTHORIZATIONS =
  'A user name in the URL becomes the header Authorization, which headers has already: give one of the two.';

function namesAuthorization(headers: Record<string, unknown> = {}): boolean {
  return Object.keys(headers).some(isAuthorization);
}

/** The credentials of a new URL take the place of the old one's. */
function withAuthorization(
  headers: Record<string, unknown>,
  authorization: string,
): Record<string, unknown> {
  const others = Object.entries(headers).filter(([name]) => !isAuthorization(name));
  return { ...Object.fromEntries(others), Authorization: authorization };
}

function isAuthorization(name: string): boolean {
  return name.toLowerCase() === 'authorization';
}

/** The URL as it is kept, and the `Authorization` that stands for what is taken out of it. */
function checkUrl(text: string, policy: UrlPolicy): SplitUrl {
  // The URL parser overlooks it inside a URL; what is shown and kept must be what is called.
  if (/\s/.test(text)) return { ok: false, reason: 'The URL must not contain white space.' };
  const split = splitCredentials(text);
  if (!split.ok) return split;
  const guarded = guardUrl(split.kept, policy);
  return guarded.ok ? split : guarded;
}

function fieldsProblems(fields: readonly string[], onCloudApi: boolean): string[] {
  if (!onCloudApi) return ['Only a webhook with on_cloud_api can be limited to some fields.'];
  if (fields.length === 0) return ['Name at least one field, or give null for all.'];
  if (fields.length > MAX_FIELDS) return [`At most ${MAX_FIELDS} fields can be named.`];
  const wrong = fields.filter((field) => !FIELD_NAME.test(field));
  return wrong.map(
    (field) =>
      `${JSON.stringify(field.slice(0, 64))} is no field: names are like message_template_status_update.`,
  );
}
