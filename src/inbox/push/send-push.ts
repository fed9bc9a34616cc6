import type { FcmServiceAccount } from '../../fcm-service-account.ts';
import { accessToken, forgetAccessToken } from './access-token.ts';
import type { PushNote } from './push-note.ts';

const DEADLINE_MS = 10_000;

/** What became of a push message; `gone` where Firebase does not know the device (any more). */
export type PushOutcome = { kind: 'sent' } | { kind: 'gone' } | { kind: 'failed'; reason: string };

/** Sends a note to a device by FCM's HTTP v1. Never throws. */
export async function sendPush(
  account: FcmServiceAccount,
  device: string,
  note: PushNote,
): Promise<PushOutcome> {
  try {
    const first = await post(account, device, note);
    if (first.status !== 401) return await outcomeOf(first);
    // The cached access token was revoked.
    await first.body?.cancel();
    forgetAccessToken(account);
    return await outcomeOf(await post(account, device, note));
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function post(account: FcmServiceAccount, device: string, note: PushNote): Promise<Response> {
  const token = await accessToken(account, Date.now());
  const url = `https://fcm.googleapis.com/v1/projects/${account.projectId}/messages:send`;
  return fetch(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ message: messageOf(device, note) }),
    redirect: 'manual',
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
}

/** A later note of the same chat takes the place of the one that is shown. */
function messageOf(token: string, { title, body, data, chat }: PushNote): object {
  return {
    token,
    notification: { title, body },
    data,
    android: { priority: 'HIGH', notification: { tag: chat } },
    apns: {
      headers: { 'apns-priority': '10' },
      payload: { aps: { 'thread-id': chat, sound: 'default' } },
    },
  };
}

async function outcomeOf(response: Response): Promise<PushOutcome> {
  const text = await response.text();
  if (response.ok) return { kind: 'sent' };
  // The code is in `error.details` ("ErrorCode", FCM REST reference); a 404 without it is our project's.
  if (text.includes('"UNREGISTERED"')) return { kind: 'gone' };
  // One of the `fieldViolations`: no token of Firebase's, and it never will be.
  if (text.includes('"message.token"')) return { kind: 'gone' };
  return { kind: 'failed', reason: `FCM answered ${response.status}.` };
}
