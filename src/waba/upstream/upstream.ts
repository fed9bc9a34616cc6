import type { StackConfig } from '../../config.ts';
import type { JsonRecord } from '../json-record.ts';

/** What a call to WABA needs to know of a stack. */
export type WabaAccess = Pick<StackConfig, 'wabaApiUrl' | 'd360ApiKey'> &
  Partial<Pick<StackConfig, 'meta'>>;

/** What a call is below: the number, its WhatsApp Business account, the app, or none of them. */
export type Node = 'root' | 'number' | 'account' | 'app';

/** A call that another upstream makes in another way. */
export interface Call {
  method: 'GET' | 'POST' | 'DELETE';
  node: Node;
  /** Behind the node's path. */
  path: string;
  body?: JsonRecord;
  /** Makes the body of a success what all upstreams have in common. */
  read?: (body: JsonRecord) => JsonRecord;
}

/** What a number's webhook is to be. */
export interface WebhookSetting {
  url: string;
  /** What WABA has to show with each call. */
  token: string;
  /** Whether WABA's signature lets a call pass without the token. */
  isSigned: boolean;
}

/**
 * All that differs between the APIs that serve a number: 360dialog's, and the Cloud API that Meta itself
 * serves. What goes by the same path below a node, with the same bodies, is in the clients.
 */
export interface Upstream {
  /** The setting that has the key. */
  readonly keySetting: 'D360_API_KEY' | 'META_ACCESS_TOKEN';
  /** The headers that show the key; undefined where there is none. */
  readonly authorization: Readonly<Record<string, string>> | undefined;
  /** A node's path, empty or from `/`; undefined where its id is not among the settings. */
  pathOf(node: Node): string | undefined;
  /** Answers with `health_status`, whose `entities` name the ids of the nodes. */
  readonly health: Call;
  mediaInfo(mediaId: string): Call;
  /**
   * Answers with `templates`, and with `next`, the cursor of the next part, where there is one. A cursor begins
   * with the number of templates that came before; it is empty for the first part.
   */
  listTemplates(cursor: string, limit: number): Call;
  createTemplate(template: JsonRecord): Call;
  /** In all its languages. */
  deleteTemplate(name: string): Call;
  /** Answers with `url` (empty for none) and, where they are known, `headers`. */
  readonly webhook: Call;
  setWebhook(own: WebhookSetting): Call;
  /** Answers with `phone_numbers`, of which several may be others'. */
  readonly numbers: Call;
  /**
   * Where the file of a link from `mediaInfo` is downloaded with our key. Undefined for a link to a host that is
   * not WABA's: the key is shown to nobody else, and nothing else is fetched on somebody's word.
   */
  downloadUrl(link: string): string | undefined;
  /** Milliseconds for which WABA wants to be left alone, by the headers of an answer. */
  retryAfterMs(response: Response): number | undefined;
}
