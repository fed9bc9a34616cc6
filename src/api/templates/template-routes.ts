import { z } from '@hono/zod-openapi';
import { createTemplate } from '../../inbox/templates/create-template.ts';
import { destroyTemplate } from '../../inbox/templates/destroy-template.ts';
import { listTemplates } from '../../inbox/templates/template.ts';
import type { Api } from '../api-env.ts';
import { booleanField, integerField, textField } from '../fields.ts';
import { longPage, pageQuery, pageSchema } from '../pagination.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';

/** A template in an answer: the shape of `presentTemplate`. */
const templateSchema = z
  .object({
    id: z.string().nullable().openapi({ description: "WhatsApp's id." }),
    name: z.string(),
    language: z.string(),
    category: z.string(),
    components: z.array(z.unknown()),
    namespace: z.string(),
    rejected_reason: z.string(),
    status: z.string().openapi({ example: 'approved' }),
  })
  .openapi('Template');

/** What WhatsApp takes as a name, and a language with or without its country. */
const NAME = /^[a-z0-9_]+$/;

const LANGUAGE = /^[a-z]{2,3}(?:_[A-Za-z]{2,4})?$/;

/** WhatsApp knows a handful of kinds of components. */
const MAX_COMPONENTS = 20;

/** A template to be made. What its components may hold, WhatsApp judges. */
const newTemplateBody = z
  .object({
    name: textField({ min: 1, max: 512 }).refine((name) => NAME.test(name), {
      error: 'Enter lower-case letters, digits and underscores only.',
    }),
    category: textField({ min: 1, max: 100 }).openapi({ example: 'UTILITY' }),
    language: textField({ min: 1, max: 20 })
      .refine((language) => LANGUAGE.test(language), {
        error: 'Enter a language code such as en or en_US.',
      })
      .openapi({ example: 'en_US' }),
    components: z.array(z.record(z.string(), z.unknown())).min(1).max(MAX_COMPONENTS),
    allow_category_change: booleanField.optional(),
    parameter_format: textField({ min: 1, max: 20 }).optional(),
    message_send_ttl_seconds: integerField().optional(),
    cta_url_link_tracking_opted_out: booleanField.optional(),
    sub_category: textField({ min: 1, max: 100 }).optional(),
  })
  .openapi('NewTemplate');

/** Message templates. */
export function templateRoutes(api: Api): void {
  // Lists the message templates, out of our copy.
  api.openapi(
    signedInRoute({
      operationId: 'listTemplates',
      method: 'get',
      path: '/api/v1/templates/',
      tags: ['Templates'],
      request: { query: pageQuery },
      responses: {
        200: json(pageSchema(templateSchema), 'The templates, by name and language.'),
        ...failures(403),
      },
    }),
    async (c) => {
      const part = c.req.valid('query');
      return c.json(longPage(c, await listTemplates(c.var.stack.db, part), part), 200);
    },
  );

  // Has WhatsApp make a template.
  api.openapi(
    signedInRoute({
      operationId: 'createTemplate',
      method: 'post',
      path: '/api/v1/templates/',
      tags: ['Templates'],
      request: jsonBody(newTemplateBody),
      responses: {
        201: json(templateSchema, 'The template; WhatsApp reviews it before it can be sent.'),
        ...failures(400, 403, 503),
      },
    }),
    async (c) => {
      const { stack, user } = c.var;
      return c.json(await createTemplate(stack, user, c.req.valid('json'), Date.now()), 201);
    },
  );

  // Has WhatsApp delete a template.
  api.openapi(
    signedInRoute({
      operationId: 'destroyTemplate',
      method: 'delete',
      path: '/api/v1/templates/{name}/',
      tags: ['Templates'],
      request: { params: z.object({ name: z.string().regex(/^[A-Za-z0-9_]{1,512}$/) }) },
      responses: {
        204: { description: 'WhatsApp has deleted it, in all its languages.' },
        ...failures(400, 403, 404, 503),
      },
    }),
    async (c) => {
      const { stack, user } = c.var;
      await destroyTemplate(stack, user, c.req.valid('param').name, Date.now());
      return c.body(null, 204);
    },
  );
}
