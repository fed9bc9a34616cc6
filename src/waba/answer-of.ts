import { WaypostError } from '../error.ts';
import { ruleOfCode, ruleOfStatus } from './error-codes.ts';
import { isRecord, type JsonRecord } from './json-record.ts';
import { parseError } from './parse-error.ts';

/**
 * What came of a call to WABA. `unsent` is proof that WABA did not get the request; after `lost`
 * nobody knows.
 */
export type WabaResult =
  | {
      kind: 'answered';
      status: number;
      /** The parsed JSON; undefined where it is none, too long or broken off. */
      body: unknown;
      /** Milliseconds; from `Retry-After`, where WABA sent one. */
      retryAfterMs?: number;
    }
  | { kind: 'unsent'; reason: string }
  | { kind: 'lost'; reason: string };

/** WABA's words are for people; longer ones are a page of a proxy's. */
const MAX_REASON_CHARACTERS = 500;

/**
 * Returns what WABA answered with success (an empty object where that is no JSON object). Throws
 * `not_found` where WABA does not know what was asked for, `invalid` where it refuses it, and `unavailable`
 * where it may work later: nobody answered, WABA is down, or its operator must see to the key or a
 * bill. `what` begins the sentence: "WhatsApp did not take the template".
 */
export function answerOf(result: WabaResult, what: string): JsonRecord {
  if (result.kind === 'unsent') throw unavailable(what, result.reason);
  if (result.kind === 'lost') {
    throw unavailable(what, `no answer came (${result.reason}), so it may have happened.`);
  }
  const { status, body } = result;
  if (status >= 200 && status < 300) return isRecord(body) ? body : {};
  const error = parseError(body);
  const details = error?.error_data?.details ?? userMessageOf(body);
  const message = error?.message ?? `HTTP status ${status}`;
  const isNew = details !== undefined && !message.includes(details);
  const reason = isNew ? `${message}: ${details}` : message;
  if (status === 404 && error !== undefined) throw new WaypostError('not_found', 'Not found.');
  const byCode = error?.code === undefined ? undefined : ruleOfCode(error.code);
  const rule = byCode ?? ruleOfStatus(status);
  if (rule?.act === 'fail' && !rule.alert)
    throw new WaypostError('invalid', sentence(what, reason));
  throw unavailable(what, reason);
}

/** What Graph has for the eyes of users, where it says more than the message. */
function userMessageOf(body: unknown): string | undefined {
  const error = isRecord(body) ? body['error'] : undefined;
  const message = isRecord(error) ? error['error_user_msg'] : undefined;
  return typeof message === 'string' && message !== '' ? message : undefined;
}

function unavailable(what: string, reason: string): WaypostError {
  return new WaypostError('unavailable', sentence(what, reason));
}

function sentence(what: string, reason: string): string {
  return `${what}: ${reason.slice(0, MAX_REASON_CHARACTERS)}`;
}
