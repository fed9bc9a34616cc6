import { createRoute } from '@hono/zod-openapi';
import { createTemplate } from '../../inbox/templates/create-template.ts';
import type { Api } from '../api-env.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { newTemplateBody, templateSchema } from './template-schema.ts';

const route = createRoute({
  operationId: 'createTemplate',
  method: 'post',
  path: '/api/v1/templates/',
  tags: ['Templates'],
  request: jsonBody(newTemplateBody),
  responses: {
    201: json(templateSchema, 'The template; WhatsApp reviews it before it can be sent.'),
    ...failures(400, 403, 503),
  },
});

/** Has WhatsApp make a template. */
export function createMessageTemplate(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    return c.json(await createTemplate(stack, user, c.req.valid('json'), Date.now()), 201);
  });
}
