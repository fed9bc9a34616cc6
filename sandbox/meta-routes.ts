import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';
import { json, Problem } from './answer.ts';
import { blockRoutes } from './block-routes.ts';
import { APP_ID, WABA_ID } from './envelope.ts';
import { isObject, stringOf } from './json-object.ts';
import { deleteMedia, describeMedia, downloadMedia, uploadMedia } from './media-routes.ts';
import { messageTemplateRoutes } from './message-template-routes.ts';
import { metaError } from './meta-error.ts';
import { profileRoutes } from './profile-routes.ts';
import { header, readJson, type Route, type RouteRequest } from './route.ts';
import { sendMessage } from './send-message.ts';
import { uploadRoutes } from './upload-routes.ts';
import { healthStatus } from './waba-routes.ts';
import type { World } from './world.ts';

/** Graph serves paths without a version, too: the app's oldest one. */
const VERSION = String.raw`(?:/v\d+\.\d+)?`;

/** What Meta's own Cloud API serves: the same as 360dialog, below the ids of number, account and app. */
export function metaRoutes(world: World): Route[] {
  const { phoneNumberId } = world.number;
  return [
    ...below(`/${phoneNumberId}`, [
      { method: 'POST', path: /^\/messages$/, answer: (request) => sendMessage(world, request) },
      { method: 'POST', path: /^\/media$/, answer: (request) => uploadMedia(world, request) },
      { method: 'GET', path: /^$/, answer: (request) => readNumber(world, request) },
      { method: 'POST', path: /^$/, answer: (request) => writeNumber(world, request) },
      ...profileRoutes(world),
      ...blockRoutes(world),
    ]),
    ...below(`/${WABA_ID}`, [
      ...messageTemplateRoutes(world),
      { method: 'GET', path: /^\/phone_numbers$/, answer: () => listNumbers(world) },
    ]),
    ...below(`/${APP_ID}`, uploadRoutes(world)),
    ...below('', [
      ...uploadRoutes(world),
      { method: 'GET', path: /^\/(\d+)$/, answer: (request) => readMedia(world, request) },
      { method: 'DELETE', path: /^\/(\d+)$/, answer: (request) => deleteMedia(world, request) },
    ]),
    {
      method: 'GET',
      path: /^\/whatsapp_business\/attachments\/?$/,
      answer: (request) => downloadMedia(world, request),
    },
    ...profileRoutes(world).filter(({ path }) => path.source.includes('profile_picture')),
  ];
}

function below(node: string, routes: readonly Route[]): Route[] {
  return routes.map((route) => {
    const path = new RegExp(`^${VERSION}${node}${route.path.source.slice(1)}`);
    return { ...route, path };
  });
}

/** Whether a request means Meta's API: it shows a bearer token, or has a version in its path and no key of 360dialog's. */
export function isMetaRequest(message: IncomingMessage, path: string): boolean {
  if (header(message, 'd360-api-key') !== undefined) return false;
  return header(message, 'authorization') !== undefined || /^\/v\d+\.\d+\//.test(path);
}

/** As Graph answers for what it does not have, or not for this token. */
export function noSuchObject(method: string, path: string): Answer {
  const id = path.replace(/^\/v\d+\.\d+/, '').split('/')[1] ?? '';
  const details = `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`;
  return metaError(400, 100, details, 33);
}

function readMedia(world: World, request: RouteRequest): Answer {
  const number = request.query.get('phone_number_id') ?? world.number.phoneNumberId;
  if (number !== world.number.phoneNumberId) return noSuchObject('GET', request.path);
  // Meta's own links are downloaded as they are.
  return describeMedia(world, request, `http://${header(request.message, 'host') ?? ''}`);
}

function readNumber(world: World, { query }: RouteRequest): Answer {
  const { number, account, poster } = world;
  const known: Record<string, unknown> = {
    display_phone_number: `+${number.displayPhoneNumber}`,
    verified_name: 'Waypost Sandbox',
    quality_rating: 'GREEN',
    health_status: healthStatus(world),
    webhook_configuration: {
      ...(account.appWebhook && { phone_number: poster.target.url }),
      application: (account.appWebhook ?? poster.target).url,
    },
  };
  const fields = query.get('fields')?.split(',') ?? ['display_phone_number', 'verified_name'];
  const unknown = fields.find((field) => field !== 'id' && !(field in known));
  if (unknown !== undefined) {
    return metaError(400, 100, `Tried accessing nonexisting field (${unknown})`);
  }
  const told = Object.entries(known).filter(([field]) => fields.includes(field));
  return json(200, { ...Object.fromEntries(told), id: number.phoneNumberId });
}

function listNumbers({ number }: World): Answer {
  const { phoneNumberId: id, displayPhoneNumber } = number;
  return json(200, { data: [{ id, display_phone_number: `+${displayPhoneNumber}` }] });
}

/** Sets the number's own webhook, which goes before the app's, or takes it away; it is asked first. */
async function writeNumber({ account, poster }: World, request: RouteRequest): Promise<Answer> {
  const body = await readJson(request.message);
  const setting = isObject(body) ? body['webhook_configuration'] : undefined;
  if (!isObject(setting)) throw new Problem(400, 'webhook_configuration is required');
  const url = stringOf(setting, 'override_callback_uri');
  const token = stringOf(setting, 'verify_token') ?? '';
  if (url === undefined || url.length > MAX_URL_LENGTH) {
    throw new Problem(400, `override_callback_uri must have ${MAX_URL_LENGTH} characters at most`);
  }
  if (url === '') {
    poster.target = account.appWebhook ?? poster.target;
    account.appWebhook = undefined;
    return json(200, { success: true });
  }
  if (!(await isVerified(url, token))) {
    return metaError(400, CALLBACK_NOT_VERIFIED, 'The callback did not echo the challenge.');
  }
  account.appWebhook ??= poster.target;
  // The host names the stack, as the address of the app's webhook did.
  poster.target = { url, headers: {} };
  return json(200, { success: true });
}

const MAX_URL_LENGTH = 200;
const CALLBACK_NOT_VERIFIED = 2200;
const CHALLENGE = '1158201444';

async function isVerified(callback: string, token: string): Promise<boolean> {
  const url = URL.parse(callback);
  if (url === null) return false;
  url.searchParams.set('hub.mode', 'subscribe');
  url.searchParams.set('hub.challenge', CHALLENGE);
  url.searchParams.set('hub.verify_token', token);
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    return response.status === 200 && (await response.text()) === CHALLENGE;
  } catch {
    return false;
  }
}
