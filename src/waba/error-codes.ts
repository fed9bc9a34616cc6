/** Whom a wait is for: the message alone, all messages to its recipient, or all of the number's. */
export type RetryScope = 'message' | 'pair' | 'number';

/** What to do about an error. */
export type ErrorRule =
  | {
      act: 'retry';
      scope: RetryScope;
      /** Milliseconds before the second try. */
      firstWaitMs: number;
      /** How long to wait at most, where a pause of the number grows from try to try. */
      longestWaitMs?: number;
      /** How many tries there are in all; without it there is no end. */
      maxTries?: number;
    }
  /** Every message of the account's is refused until somebody acts: they all wait. Milliseconds. */
  | { act: 'bar'; firstWaitMs: number; longestWaitMs: number }
  | { act: 'fail'; alert: boolean };

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Fails whatever is tried: wrong parameters, an unreachable recipient, a closed window … */
const FAIL: ErrorRule = { act: 'fail', alert: false };

/** Fails, and more than this message may be wrong. */
const FAIL_AND_ALERT: ErrorRule = { act: 'fail', alert: true };

/** Until somebody repairs the account, the key or the payment. Asking now and then costs nothing. */
export const ACCOUNT = {
  act: 'bar',
  firstWaitMs: 5 * SECOND_MS,
  longestWaitMs: 10 * MINUTE_MS,
} as const satisfies ErrorRule;

/** The trouble of a moment: four more tries within a minute and a half. */
const FALTERED: ErrorRule = {
  act: 'retry',
  scope: 'message',
  firstWaitMs: SECOND_MS,
  maxTries: 5,
};

/** The number sends faster than it may: a quarter of the second that WhatsApp looks at helps already. */
const THROTTLED: ErrorRule = { act: 'retry', scope: 'number', firstWaitMs: SECOND_MS / 4 };

/** Nobody is there to take messages; asking costs nothing and soon shows who is back. */
export const UNAVAILABLE = {
  act: 'retry',
  scope: 'number',
  firstWaitMs: SECOND_MS / 4,
  longestWaitMs: 10 * SECOND_MS,
} as const satisfies ErrorRule;

/** The app or the account made too many calls; such budgets are counted by the hour. */
const OUT_OF_CALLS: ErrorRule = { act: 'retry', scope: 'number', firstWaitMs: MINUTE_MS };

/** Twelve tries take six and a half hours: then the recipient's other messages have waited enough. */
const PAIR_TRIES = 12;

/** How WhatsApp's error codes are met; any other code is met by the HTTP status. */
const RULES = new Map<number, ErrorRule>([
  ...each([1, 2, 131000, 131016, 135000], FALTERED),
  // The media server could not be reached; a second try mostly helps.
  [131053, { ...FALTERED, maxTries: 2 }],
  // Maintenance, also the minute in which a number's throughput is raised.
  [131057, { act: 'retry', scope: 'number', firstWaitMs: 10 * SECOND_MS, maxTries: 20 }],
  [130429, THROTTLED],
  ...each([4, 80007, 80008], OUT_OF_CALLS),
  // Flagged as spam: trying on makes it worse.
  [131048, { act: 'retry', scope: 'number', firstWaitMs: 15 * MINUTE_MS }],
  // Too many messages to one recipient: Meta asks for 4^X seconds.
  [131056, { act: 'retry', scope: 'pair', firstWaitMs: SECOND_MS, maxTries: PAIR_TRIES }],
  // The key or its rights.
  ...each([0, 3, 10, 190, 131005], ACCOUNT),
  // Blocked, locked, without a display name, unpaid, without a certificate, not registered.
  ...each([368, 131031, 131037, 131042, 131044, 131045, 133010], ACCOUNT),
  // Of this country alone, of this template's kind alone.
  ...each([130497, 131064], FAIL_AND_ALERT),
  ...each([33, 100, 470, 130472, 131008, 131009, 131014, 131020, 131021, 131026], FAIL),
  ...each([131030, 131041, 131047, 131049, 131050, 131051, 131052, 131059, 131060], FAIL),
  ...each([131062, 131063, 132000, 132001, 132005, 132007, 132008, 132012, 132015], FAIL),
  ...each([132016, 132068, 132069, 133016, 137000], FAIL),
]);

/** Meta's permission errors are a range. */
const FIRST_PERMISSION_CODE = 200;
const LAST_PERMISSION_CODE = 299;

/** Returns the rule for a WhatsApp error code, or undefined for one that is not known. */
export function ruleOfCode(code: number): ErrorRule | undefined {
  if (code >= FIRST_PERMISSION_CODE && code <= LAST_PERMISSION_CODE) return ACCOUNT;
  return RULES.get(code);
}

/**
 * Statuses that prove that WABA did not take the message. 52x are Cloudflare's own, about the way to
 * an origin: nobody listens (521), unreachable (523), no TLS (525, 526), no DNS (530).
 */
const STATUS_RULES = new Map<number, ErrorRule>([
  ...each([401, 402, 403], ACCOUNT),
  [408, FALTERED],
  [429, THROTTLED],
  ...each([503, 521, 523, 525, 526, 530], UNAVAILABLE),
]);

/**
 * Returns the rule for an HTTP status other than 2xx whose body names no known code, or undefined
 * where WABA may have taken the message all the same (500, 502, 504 …).
 */
export function ruleOfStatus(status: number): ErrorRule | undefined {
  const rule = STATUS_RULES.get(status);
  if (rule !== undefined) return rule;
  if (status >= 500) return undefined;
  // A redirect is no answer of the API's; it may be gone in a moment.
  return status >= 400 ? FAIL : FALTERED;
}

function each(codes: readonly number[], rule: ErrorRule): [number, ErrorRule][] {
  return codes.map((code) => [code, rule]);
}
