/** For how long a message of the customer's lets us write what we like (Cloud API, "Customer service windows"). */
const WINDOW_S = 24 * 60 * 60;

/** For how long one does that came from an ad or from a page's button ("Free entry points"). */
export const ENTRY_POINT_WINDOW_S = 72 * 60 * 60;

/** When a customer wrote last, and last from an ad; seconds, null for never. */
export interface LastWritten {
  last_incoming: number | null;
  last_referral: number | null;
}

/**
 * Until when (seconds) a customer can be sent more than templates. Null where nothing of theirs has
 * ever come in.
 */
export function windowEndsAt({ last_incoming, last_referral }: LastWritten): number | null {
  if (last_incoming === null) return null;
  return Math.max(last_incoming + WINDOW_S, (last_referral ?? -Infinity) + ENTRY_POINT_WINDOW_S);
}
