import type { ATTEMPT_ERRORS } from '../store/schema.ts';
import { classifyAddress } from './forbidden-address.ts';
import { classifyName } from './forbidden-name.ts';

/** Why a receiver did not answer, as far as it is known. */
export type FailureClass = Exclude<(typeof ATTEMPT_ERRORS)[number], 'refused_url'>;

/**
 * What Cloudflare's edge answers in the place of a receiver that it could not reach ("Cloudflare 5xx
 * errors"): 520 is an answer that was none, 523 no route, 527 a tunnel of old, 530 any error of the 1xxx.
 */
const EDGE_STATUSES: Readonly<Record<number, FailureClass>> = {
  520: 'reset',
  521: 'refused',
  522: 'timeout',
  523: 'connection',
  524: 'timeout',
  525: 'tls',
  526: 'tls',
  527: 'connection',
  530: 'connection',
};

/** "Origin DNS error" and "DNS resolution error": which of the 1xxx a 530 is, its body says. */
const EDGE_DNS_ERROR = /\berror(?: code)?:? (?:1001|1016)\b/i;

/**
 * What runtimes say in an error. workerd says "Network connection lost." of a refused and of a broken
 * connection alike, and hides what it says of names and of TLS; Node tells all of them apart.
 */
const ERROR_TEXTS: readonly (readonly [RegExp, FailureClass])[] = [
  [/\bENOTFOUND\b|\bEAI_AGAIN\b|\bDNS\b|lookup address|name or service not known/i, 'dns'],
  [/certificate|\b(?:TLS|SSL)\b|handshake|\bCERT_|_CERT\b|\bERR_(?:TLS|SSL)_/i, 'tls'],
  [/\bECONNREFUSED\b|connection refused|actively refused/i, 'refused'],
  [/\bECONNRESET\b|\bEPIPE\b|connection reset|broken pipe|other side closed|hang up/i, 'reset'],
  [/\bETIMEDOUT\b|_TIMEOUT\b|timed out|timeout/i, 'timeout'],
];

/** workerd's word for a reason that it keeps to itself: of a request, a name without address, or TLS. */
const HIDDEN_REASON = /^internal error\b/;

/** How often an error is asked for the one behind it. */
const MAX_CAUSES = 4;

/** The class that an answer of Cloudflare's edge stands for; undefined where a receiver answered. */
export function classOfStatus(status: number, body: Uint8Array): FailureClass | undefined {
  const known = EDGE_STATUSES[status];
  if (status !== 530) return known;
  return EDGE_DNS_ERROR.test(new TextDecoder().decode(body)) ? 'dns' : known;
}

/**
 * The class of an error of `fetch`. Of a private target there is but one, or attempts could be used to
 * look around in a network.
 */
export function classOfError(error: unknown, url: URL): FailureClass {
  const host = url.hostname.replace(/\.$/, '');
  const address = classifyAddress(host);
  if ((address ?? classifyName(host)) !== 'public') return 'connection';
  const text = textOf(error);
  const told = ERROR_TEXTS.find(([pattern]) => pattern.test(text));
  if (told !== undefined) return told[1];
  if (!HIDDEN_REASON.test(text)) return 'connection';
  // Without TLS it was the name; an address needs no name. What it was of an https name is not told.
  if (url.protocol === 'http:') return address === null ? 'dns' : 'connection';
  return address === null ? 'connection' : 'tls';
}

/** What an error says, and those behind it. */
function textOf(error: unknown): string {
  const texts: string[] = [];
  let one = error;
  for (let n = 0; n < MAX_CAUSES && one instanceof Error; n += 1) {
    const code: unknown = Reflect.get(one, 'code');
    texts.push(one.message, typeof code === 'string' ? code : '');
    one = one.cause;
  }
  return texts.join(' ');
}
