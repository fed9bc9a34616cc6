/** What can go wrong, named once; each surface turns a code into the response that its clients expect. */
export type ErrorCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'too_large'
  | 'unsupported_media_type'
  | 'throttled'
  | 'window_closed'
  | 'loop'
  | 'misconfigured'
  | 'unavailable';

/** Problems by field name, several sentences each, as the get.chat API reports them. */
export type FieldProblems = Record<string, string[]>;

/** What was wrong, by field, or the error that another one stands for; or both. */
type ErrorDetails =
  | { fields: FieldProblems; parent?: string; cause?: unknown }
  | { cause: unknown; fields?: undefined; parent?: undefined };

/**
 * The one error class. `message` is a sentence for the caller of the API and never holds a secret or
 * an internal detail; `fields` names what was wrong with an `invalid` request.
 */
export class WaypostError extends Error {
  override readonly name = 'WaypostError';
  readonly code: ErrorCode;
  readonly fields: FieldProblems | undefined;
  /** The field that `fields` are inside of; undefined where they are at the top. */
  readonly parent: string | undefined;
  /** When to try again, where that is known. */
  retryAfterSeconds: number | undefined;

  /** `cause` is the error that this one stands for; only the log tells of it. */
  constructor(
    code: ErrorCode,
    message: string,
    { fields, parent, cause }: ErrorDetails = { cause: undefined },
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.fields = fields;
    this.parent = parent;
  }
}

/** An `invalid` error about one field. */
export function invalidField(field: string, problem: string, cause?: unknown): WaypostError {
  return new WaypostError('invalid', problem, { fields: { [field]: [problem] }, cause });
}

/** An `invalid` error about a field inside another one. */
export function invalidMember(parent: string, field: string, problem: string): WaypostError {
  return new WaypostError('invalid', problem, { fields: { [field]: [problem] }, parent });
}

/** A `not_found` error in the service's words. */
export function notFound(): WaypostError {
  return new WaypostError('not_found', 'Not found.');
}

/** A `throttled` error in Django REST framework's words; waits are told in whole seconds. */
export function throttled(waitMs: number): WaypostError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const unit = seconds === 1 ? 'second' : 'seconds';
  const message = `Request was throttled. Expected available in ${seconds} ${unit}.`;
  const error = new WaypostError('throttled', message);
  error.retryAfterSeconds = seconds;
  return error;
}
