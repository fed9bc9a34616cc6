import { answerRequests, type SentRequest } from '../media/media.test-support.ts';
import type { FcmServiceAccount } from '../../fcm-service-account.ts';

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

const keys = (await crypto.subtle.generateKey(
  { ...ALGORITHM, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
  true,
  ['sign', 'verify'],
)) as CryptoKeyPair;

let accounts = 0;

/** An account of its own for each test, for access tokens are kept by account. */
export async function newAccount(): Promise<FcmServiceAccount> {
  accounts += 1;
  const der = (await crypto.subtle.exportKey('pkcs8', keys.privateKey)) as ArrayBuffer;
  const base64 = Buffer.from(der).toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    projectId: 'shop-1',
    clientEmail: `push-${accounts}@shop-1.iam.gserviceaccount.com`,
    privateKey: `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`,
    tokenUrl: 'https://oauth2.googleapis.com/token',
  };
}

/** A message as it was sent to Firebase. */
export interface Pushed {
  token: string;
  notification: { title: string; body: string };
  data: Record<string, string>;
}

/** What Google was asked for. */
export interface FakeGoogle {
  tokenRequests: SentRequest[];
  pushed: Pushed[];
  /** How Firebase answers a device that is not well, by its token; once each where it is a list. */
  answers: Record<string, Response | Error>;
  authorizations: (string | null)[];
}

/** Lets a Google stand for all of the network, which gives out the tokens `access-1`, `access-2` and so on. */
export function fakeGoogle(): FakeGoogle {
  const google: FakeGoogle = { tokenRequests: [], pushed: [], answers: {}, authorizations: [] };
  answerRequests((request) => {
    if (request.url === 'https://oauth2.googleapis.com/token') {
      google.tokenRequests.push(request);
      const access_token = `access-${google.tokenRequests.length}`;
      return Response.json({ access_token, expires_in: 3600, token_type: 'Bearer' });
    }
    if (request.url !== 'https://fcm.googleapis.com/v1/projects/shop-1/messages:send') {
      return new Response(null, { status: 404 });
    }
    const { message } = JSON.parse(request.body) as { message: Pushed };
    google.authorizations.push(request.headers.get('authorization'));
    const answer = google.answers[message.token];
    delete google.answers[message.token];
    if (answer !== undefined) return answer;
    google.pushed.push(message);
    return Response.json({ name: 'projects/shop-1/messages/1' });
  });
  return google;
}

/** Firebase's answer about a device that is gone. */
export function unregistered(): Response {
  const type = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';
  const details = [{ '@type': type, errorCode: 'UNREGISTERED' }];
  return Response.json({ error: { code: 404, status: 'NOT_FOUND', details } }, { status: 404 });
}

/** Firebase's answer where a field has what it does not take; its JSON has spaces. */
export function badRequest(field: string): Response {
  const type = 'type.googleapis.com/google.rpc.BadRequest';
  const details = [{ '@type': type, fieldViolations: [{ field }] }];
  const error = { code: 400, status: 'INVALID_ARGUMENT', details };
  return new Response(JSON.stringify({ error }, null, 2), { status: 400 });
}

/** Returns what a signed assertion claims. Throws where the account's key did not sign it. */
export async function claimsOf(assertion: string): Promise<Record<string, unknown>> {
  const [head = '', claims = '', signature = ''] = assertion.split('.');
  const isSigned = await crypto.subtle.verify(
    ALGORITHM,
    keys.publicKey,
    Buffer.from(signature, 'base64url'),
    new TextEncoder().encode(`${head}.${claims}`),
  );
  if (!isSigned) throw new Error('It is not signed.');
  return JSON.parse(Buffer.from(claims, 'base64url').toString());
}
