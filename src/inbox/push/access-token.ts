import { sign } from 'hono/jwt';
import type { FcmServiceAccount } from '../../fcm-service-account.ts';
import { AS_IT_CAME, readAnswerText } from '../../outbound/read-answer.ts';
import { USER_AGENT } from '../../outbound/user-agent.ts';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';

/** As long as Google lets an assertion hold ("Using OAuth 2.0 for Server to Server Applications"). */
const ASSERTION_SECONDS = 3_600;

/** A token that is about to end is not used any more: it has to live longer than a request. */
const MARGIN_MS = 60_000;

const DEADLINE_MS = 10_000;

/** A token has about a kilobyte. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** What this isolate was given, by account: asking costs a signature and a request. */
const known = new Map<string, { token: string; endsAt: number }>();

/**
 * Returns a token with which `account` may send, at `now` (milliseconds); the same while it holds.
 * Throws where Google gives none.
 */
export async function accessToken(account: FcmServiceAccount, now: number): Promise<string> {
  const cached = known.get(account.clientEmail);
  if (cached !== undefined && cached.endsAt - MARGIN_MS > now) return cached.token;
  const response = await fetch(account.tokenUrl, {
    method: 'POST',
    headers: { 'User-Agent': USER_AGENT },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: await signedAssertion(account, now),
    }),
    redirect: 'manual',
    signal: AbortSignal.timeout(DEADLINE_MS),
    ...AS_IT_CAME,
  });
  const body = parsed(await readAnswerText(response, MAX_ANSWER_BYTES));
  const token: unknown = Reflect.get(Object(body), 'access_token');
  if (!response.ok || typeof token !== 'string') {
    throw new Error(`Google gave no access token: ${response.status}.`);
  }
  const seconds = Number(Reflect.get(Object(body), 'expires_in'));
  known.set(account.clientEmail, { token, endsAt: now + (seconds || 0) * 1000 });
  return token;
}

/** Has the next call ask for another token: this one was refused. */
export function forgetAccessToken(account: FcmServiceAccount): void {
  known.delete(account.clientEmail);
}

function signedAssertion(account: FcmServiceAccount, now: number): Promise<string> {
  const seconds = Math.floor(now / 1000);
  const claims = {
    iss: account.clientEmail,
    scope: SCOPE,
    aud: account.tokenUrl,
    iat: seconds,
    exp: seconds + ASSERTION_SECONDS,
  };
  return sign(claims, account.privateKey, 'RS256');
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
