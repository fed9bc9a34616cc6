import { z } from '@hono/zod-openapi';
import { UPLOAD_FIELD } from '../../inbox/media/store-upload.ts';
import { loadProfile } from '../../inbox/profile/load-profile.ts';
import { deletePhoto, retrievePhoto, updatePhoto } from '../../inbox/profile/profile-photo.ts';
import type { BusinessProfile } from '../../inbox/profile/profile.ts';
import { updateProfile } from '../../inbox/profile/update-profile.ts';
import type { Api } from '../api-env.ts';
import { readUpload } from '../media/read-upload.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';
import { aboutBody, aboutSchema, profileBody, profileSchema } from './profile-schema.ts';

const updateProfileAboutParts = {
  path: '/api/v1/settings/profile/about/',
  tags: ['Settings'],
  request: jsonBody(aboutBody),
  responses: { 200: json(aboutSchema, 'The about.'), ...failures(400, 403, 503) },
};

const updateProfileAboutRoute = signedInRoute({
  ...updateProfileAboutParts,
  operationId: 'updateProfileAbout',
  method: 'patch',
});

/** The service's document names no method. */
const putRoute = signedInRoute({ ...updateProfileAboutParts, hide: true, method: 'put' });

/** A plain schema documents only; one of zod's would read the whole body first, however long it is. */
const formSchema = {
  type: 'object' as const,
  properties: { [UPLOAD_FIELD]: { type: 'string' as const, format: 'binary' } },
  required: [UPLOAD_FIELD],
};

/** The number's profile at WhatsApp. */
export function profileRoutes(api: Api): void {
  // Shows the number's profile, out of our copy.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveBusinessProfileSettings',
      method: 'get',
      path: '/api/v1/settings/business/profile/',
      tags: ['Settings'],
      responses: { 200: json(profileSchema, 'The profile.'), ...failures(403, 503) },
    }),
    async (c) => c.json(await loadProfile(c.var.stack), 200),
  );

  // Changes what the body names of the number's profile.
  api.openapi(
    signedInRoute({
      operationId: 'partialUpdateBusinessProfileSettings',
      method: 'patch',
      path: '/api/v1/settings/business/profile/',
      tags: ['Settings'],
      request: jsonBody(profileBody),
      responses: { 200: json(profileSchema, 'The profile.'), ...failures(400, 403, 503) },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const { messaging_product: _always, ...change } = c.req.valid('json');
      return c.json(await updateProfile(stack, user, change, Date.now()), 200);
    },
  );

  // Shows the number's about, out of our copy.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveProfileAbout',
      method: 'get',
      path: '/api/v1/settings/profile/about/',
      tags: ['Settings'],
      responses: { 200: json(aboutSchema, 'The about.'), ...failures(403, 503) },
    }),
    async (c) => c.json(presentAbout(await loadProfile(c.var.stack)), 200),
  );

  // Changes the number's about.
  for (const one of [updateProfileAboutRoute, putRoute]) {
    api.openapi(one, async (c) => {
      const { stack, user } = c.var;
      const { settings, text } = c.req.valid('json');
      const about = settings?.profile.about.text ?? text;
      return c.json(presentAbout(await updateProfile(stack, user, { about }, Date.now())), 200);
    });
  }

  // Serves the number's photo to every user; 404 where it has none.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveProfilePhoto',
      method: 'get',
      path: '/api/v1/settings/profile/photo/',
      tags: ['Settings'],
      responses: {
        200: {
          description: 'The photo.',
          content: { 'image/*': { schema: z.string().openapi({ format: 'binary' }) } },
        },
        ...failures(403, 404),
      },
    }),
    async (c) => {
      const { body, mimeType } = await retrievePhoto(c.var.stack);
      c.header('Content-Type', mimeType);
      c.header('X-Content-Type-Options', 'nosniff');
      c.header('Cache-Control', 'private, no-cache');
      return c.body(body, 200);
    },
  );

  // Has WhatsApp show another photo.
  api.openapi(
    signedInRoute({
      operationId: 'updateProfilePhoto',
      method: 'post',
      path: '/api/v1/settings/profile/photo/',
      tags: ['Settings'],
      request: {
        body: { content: { 'multipart/form-data': { schema: formSchema } }, required: true },
      },
      responses: { 200: json(z.object({}), 'WhatsApp shows it.'), ...failures(400, 403, 413, 503) },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const { content } = await readUpload(c.req.raw);
      await updatePhoto(stack, user, content, Date.now());
      return c.json({}, 200);
    },
  );

  // Has WhatsApp show no photo.
  api.openapi(
    signedInRoute({
      operationId: 'deleteProfilePhoto',
      method: 'delete',
      path: '/api/v1/settings/profile/photo/',
      tags: ['Settings'],
      responses: {
        204: { description: 'WhatsApp shows none any more.' },
        ...failures(400, 403, 503),
      },
    }),
    async (c) => {
      await deletePhoto(c.var.stack, c.var.user, Date.now());
      return c.body(null, 204);
    },
  );
}

/** Shows the about of a profile where the service has it. */
function presentAbout({ about }: BusinessProfile): {
  settings: { profile: { about: { text: string } } };
} {
  return { settings: { profile: { about: { text: about } } } };
}
