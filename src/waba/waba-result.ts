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
