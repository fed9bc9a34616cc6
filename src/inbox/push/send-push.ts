import type { FcmServiceAccount } from '../../fcm-service-account.ts';
import { AS_IT_CAME, dropBody, readAnswer } from '../../outbound/read-answer.ts';
import { USER_AGENT } from '../../outbound/user-agent.ts';
import { accessToken, forgetAccessToken } from './access-token.ts';
import type { PushNote } from './push-note.ts';

const DEADLINE_MS = 10_000;

/** What FCM says of an error is some hundred bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** What became of a push message; `gone` where Firebase does not know the device (any more). */
export type PushOutcome = { kind: 'sent' } | { kind: 'gone' } | { kind: 'failed'; reason: string };

/** Sends a note to a device by FCM's HTTP v1. Never throws. */
export async function sendPush(
  account: FcmServiceAccount,
  device: string,
  note: PushNote,
): Promise<PushOutcome> {
  try {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const first = await post(account, device, note, deadline);
    if (first.status !== 401) return await outcomeOf(first);
    // The cached access token was revoked.
    await dropBody(first);
    forgetAccessToken(account);
    return await outcomeOf(await post(account, device, note, deadline));
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function post(
  account: FcmServiceAccount,
  device: string,
  note: PushNote,
  deadline: AbortSignal,
): Promise<Response> {
  const token = await accessToken(account, Date.now());
  const url = `https://fcm.googleapis.com/v1/projects/${account.projectId}/messages:send`;
  return fetch(url, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'User-Agent': USER_AGENT,
    },
    body: JSON.stringify({ message: messageOf(device, note) }),
    redirect: 'manual',
    signal: deadline,
    ...AS_IT_CAME,
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

/** The status decides what can be decided without a body. */
async function outcomeOf(response: Response): Promise<PushOutcome> {
  const { bytes } = await readAnswer(response, MAX_ANSWER_BYTES);
  if (response.ok) return { kind: 'sent' };
  const text = new TextDecoder().decode(bytes);
  // The code is in `error.details` ("ErrorCode", FCM REST reference); a 404 without it is our project's.
  if (text.includes('"UNREGISTERED"')) return { kind: 'gone' };
  // One of the `fieldViolations`: no token of Firebase's, and it never will be.
  if (text.includes('"message.token"')) return { kind: 'gone' };
  return { kind: 'failed', reason: `FCM answered ${response.status}.` };
}
