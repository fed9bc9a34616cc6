import type { WabaResult } from './answer-of.ts';
import {
  ACCOUNT,
  type ErrorRule,
  type RetryScope,
  ruleOfCode,
  ruleOfStatus,
  UNAVAILABLE,
} from './error-codes.ts';
import { isRecord, type JsonRecord, textOf } from './json-record.ts';
import { type ParsedError, parseError, type WabaError } from './parse-error.ts';

/** What a send came to. */
export type SendOutcome =
  | {
      kind: 'sent';
      wabaId: string;
      /** Whom it says that was sent to, as we named them. */
      contactInput?: string;
      /** How WhatsApp names the recipient, where it says so. */
      contactWaId?: string;
      contactUserId?: string;
    }
  /** For the number, the pause grows from one to the next, to `atMostMs` where that is given. */
  | { kind: 'retry'; scope: RetryScope; afterMs: number; atMostMs?: number }
  /**
   * The account may send nothing until somebody acts: `error` says why. The wait grows from one to the
   * next, up to `atMostMs`.
   */
  | { kind: 'barred'; error: WabaError; afterMs: number; atMostMs: number }
  /** `alert`: somebody has to act. */
  | { kind: 'failed'; error: WabaError; alert: boolean }
  /** WABA may have taken the message or not. */
  | { kind: 'unknown' };

type RetryRule = Extract<ErrorRule, { act: 'retry' }>;
type Answer = Extract<WabaResult, { kind: 'answered' }>;

/** Meta asks to wait 4^X seconds; we do so wherever nothing better is known, up to an hour. */
const BACKOFF_FACTOR = 4;
const MAX_WAIT_MS = 60 * 60 * 1000;

/** At a minute each: long enough for an outage, and an end for a message that breaks WABA each time. */
const MAX_UNKNOWN_TRIES = 60;

/**
 * 360dialog tells of its rate limit, of a number that it has disabled and of an unpaid bill in words only
 * (its page of error messages).
 */
const RATE_LIMIT_WORDS = /rate limit/i;
const ACCOUNT_WORDS =
  /\b(?:disabled|suspended|blocked|inactive) (?:number|channel|account)\b|\b(?:number|channel|account)\b.{0,40}\b(?:disabled|suspended|blocked|inactive)\b|\b(?:lack of|missing|overdue|no) payment\b|\bpayment (?:is )?(?:required|missing|overdue|due)\b/i;

/**
 * Decides what a send came to. `tries` counts the attempts with this one. The error's code decides,
 * the HTTP status only where there is no known code: Meta's throttling comes as 400, 403 and 429.
 */
export function sendOutcome(result: WabaResult, tries: number): SendOutcome {
  if (result.kind === 'unsent') return retry(UNAVAILABLE, tries, 0);
  if (result.kind === 'lost') return unknownUnlessHopeless(tries, undefined, 0);
  return isSuccess(result.status) ? accepted(result, tries) : refused(result, tries);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function accepted({ body, status }: Answer, tries: number): SendOutcome {
  const wabaId = textOf(firstOf(body, 'messages')['id']);
  if (wabaId === undefined) return unknownUnlessHopeless(tries, undefined, status);
  const contact = firstOf(body, 'contacts');
  const contactInput = textOf(contact['input']);
  const contactWaId = textOf(contact['wa_id']);
  const contactUserId = textOf(contact['user_id']);
  return {
    kind: 'sent',
    wabaId,
    ...(contactInput === undefined ? {} : { contactInput }),
    ...(contactWaId === undefined ? {} : { contactWaId }),
    ...(contactUserId === undefined ? {} : { contactUserId }),
  };
}

function firstOf(body: unknown, key: string): JsonRecord {
  const list = isRecord(body) ? body[key] : undefined;
  const [first]: unknown[] = Array.isArray(list) ? list : [];
  return isRecord(first) ? first : {};
}

function refused(answer: Answer, tries: number): SendOutcome {
  const error = parseError(answer.body);
  const rule = ruleOf(answer.status, error);
  if (rule === undefined) return unknownUnlessHopeless(tries, error, answer.status);
  if (rule.act === 'fail') return failure(error, answer.status, rule.alert);
  if (rule.act === 'bar') {
    const afterMs = Math.max(rule.firstWaitMs, answer.retryAfterMs ?? 0);
    const atMostMs = rule.longestWaitMs;
    return { kind: 'barred', error: errorOf(error, answer.status), afterMs, atMostMs };
  }
  if (tries >= (rule.maxTries ?? Infinity)) return failure(error, answer.status, false);
  return retry(rule, tries, answer.retryAfterMs ?? 0);
}

function retry(rule: RetryRule, tries: number, retryAfterMs: number): SendOutcome {
  const { scope, longestWaitMs: atMostMs } = rule;
  const afterMs = Math.max(waitOf(rule, tries), retryAfterMs);
  return { kind: 'retry', scope, afterMs, ...(atMostMs === undefined ? {} : { atMostMs }) };
}

function ruleOf(status: number, error: ParsedError | undefined): ErrorRule | undefined {
  const byCode = error?.code === undefined ? undefined : ruleOfCode(error.code);
  if (byCode !== undefined) return byCode;
  const words = status === 400 ? (error?.message ?? '') : '';
  if (RATE_LIMIT_WORDS.test(words)) return ruleOfStatus(429);
  const isBarred = error?.code === undefined && ACCOUNT_WORDS.test(words);
  return isBarred ? ACCOUNT : ruleOfStatus(status);
}

/** For the number the outbox itself waits longer each time: many messages share its fate. */
function waitOf(rule: RetryRule, tries: number): number {
  if (rule.scope === 'number') return rule.firstWaitMs;
  return Math.min(rule.firstWaitMs * BACKOFF_FACTOR ** (tries - 1), MAX_WAIT_MS);
}

function unknownUnlessHopeless(
  tries: number,
  error: ParsedError | undefined,
  status: number,
): SendOutcome {
  if (tries < MAX_UNKNOWN_TRIES) return { kind: 'unknown' };
  return failure(error ?? noAnswer(), status, true);
}

function noAnswer(): ParsedError {
  const message = 'WhatsApp never said whether it took the message.';
  return { code: undefined, title: 'No answer', message };
}

function failure(error: ParsedError | undefined, status: number, alert: boolean): SendOutcome {
  return { kind: 'failed', error: errorOf(error, status), alert };
}

function errorOf(error: ParsedError | undefined, status: number): WabaError {
  const said = error ?? {
    title: `HTTP status ${status}`,
    message: `WhatsApp answered with HTTP status ${status}.`,
  };
  return { ...said, code: error?.code ?? status };
}
