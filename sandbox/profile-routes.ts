import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Account } from './account.ts';
import type { Answer } from './answer.ts';
import { json } from './answer.ts';
import type { JsonObject } from './json-object.ts';
import { dialogError, metaError } from './meta-error.ts';
import { header, readJson, type Route, type RouteRequest } from './route.ts';
import { INVALID_VALUE, WEB_URL, characters } from './schema-fields.ts';
import { schemaError } from './validate-message.ts';
import type { World } from './world.ts';

const PROFILE = /^\/whatsapp_business_profile$/;
const PHOTO = /^\/profile_picture\/([^/]+)$/;

const FIELDS = [
  'about',
  'address',
  'description',
  'email',
  'profile_picture_url',
  'websites',
  'vertical',
  'messaging_product',
];

/** What a profile may be changed to (Cloud API, Business profiles). */
const CHANGE = z.strictObject({
  messaging_product: z.literal('whatsapp'),
  about: characters(139).optional(),
  address: characters(256, 0).optional(),
  description: characters(512, 0).optional(),
  email: characters(128, 0)
    .refine((email) => email === '' || z.email().safeParse(email).success, {
      message: 'must be a valid email address',
      params: INVALID_VALUE,
    })
    .optional(),
  vertical: z
    .enum(
      (
        'OTHER AUTO BEAUTY APPAREL EDU ENTERTAIN EVENT_PLAN FINANCE GROCERY GOVT HOTEL HEALTH NONPROFIT ' +
        'PROF_SERVICES RETAIL TRAVEL RESTAURANT ALCOHOL ONLINE_GAMBLING PHYSICAL_GAMBLING OTC_DRUGS NOT_A_BIZ ' +
        'MATRIMONY_SERVICE'
      )
        .split(' ')
        // Empty for none.
        .concat(''),
    )
    .optional(),
  websites: z
    .array(WEB_URL)
    .refine((websites) => websites.length <= 2 && websites.every((url) => url.length <= 256), {
      message: 'may have 2 entries of 256 characters',
      params: INVALID_VALUE,
    })
    .optional(),
  profile_picture_handle: z.string().optional(),
});

/** The number's profile. The path of the photo is the sandbox's own; Meta serves it elsewhere. */
export function profileRoutes(world: World): Route[] {
  return [
    { method: 'GET', path: PROFILE, answer: (request) => readProfile(world, request) },
    { method: 'POST', path: PROFILE, answer: (request) => writeProfile(world, request) },
    { method: 'GET', path: PHOTO, answer: (request) => readPhoto(world, request) },
  ];
}

function readProfile({ account }: World, { query, message }: RouteRequest): Answer {
  const asked = (query.get('fields') ?? 'messaging_product').split(',');
  const unknown = asked.find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) {
    return metaError(400, 100, `Tried accessing nonexisting field (${unknown})`);
  }
  const host = header(message, 'host') ?? '';
  const photo = account.photo && {
    profile_picture_url: `http://${host}/profile_picture/${account.photo.id}`,
  };
  const profile: JsonObject = { ...account.profile, ...photo };
  const told = Object.entries(profile).filter(([field]) => asked.includes(field));
  return json(200, { data: [{ ...Object.fromEntries(told), messaging_product: 'whatsapp' }] });
}

async function writeProfile(world: World, request: RouteRequest): Promise<Answer> {
  const { account, ledger } = world;
  const body = await readJson(request.message);
  const problem = schemaError(CHANGE, body, []);
  if (problem) return problem;
  const { messaging_product: _, profile_picture_handle: handle, ...change } = CHANGE.parse(body);
  if (handle !== undefined && !setPhoto(account, handle)) {
    return metaError(400, 100, 'profile_picture_handle is not the handle of an uploaded photo');
  }
  // An empty text takes a field away.
  const fields = Object.entries({ ...account.profile, ...change });
  account.profile = Object.fromEntries(fields.filter(([, value]) => value !== ''));
  const { method, path } = request;
  ledger.changes.push({ method, path, body, at: Date.now() });
  return json(200, { success: true });
}

/** False for a handle that is none. What Meta makes of an empty one is not documented. */
function setPhoto(account: Account, handle: string): boolean {
  if (handle === '') {
    account.photo = undefined;
    return true;
  }
  const upload = [...account.uploads.values()].find((one) => one.handle === handle);
  if (upload?.bytes === undefined || !upload.mimeType.startsWith('image/')) return false;
  account.photo = { id: randomUUID(), bytes: upload.bytes, mimeType: upload.mimeType };
  return true;
}

function readPhoto({ account: { photo } }: World, { params: [id] }: RouteRequest): Answer {
  if (photo === undefined || photo.id !== id) return dialogError(404, 'There is no such photo');
  return { status: 200, headers: { 'content-type': photo.mimeType }, body: photo.bytes };
}
