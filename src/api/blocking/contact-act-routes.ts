import { createRoute, z } from '@hono/zod-openapi';
import { failures, json, jsonBody } from '../route-parts.ts';
import { contactParams, contactQuery } from './blocking-schema.ts';

/**
 * The two routes of something that is done to a contact: with the contact in the path, as its siblings
 * have it, and hidden, with the contact in the query, as the service's document has it.
 */
export function contactActRoutes<Body extends z.ZodType>({
  operationId,
  act,
  body,
}: {
  operationId: string;
  act: 'block' | 'unblock' | 'report';
  body: Body;
}) {
  const shared = {
    method: 'post' as const,
    tags: ['Contacts'],
    responses: { 200: json(z.object({}), 'Done.'), ...failures(400, 403, 404, 503) },
  };
  const route = createRoute({
    ...shared,
    operationId,
    path: `/api/v1/contacts/{wa_id}/${act}/`,
    request: { params: contactParams, ...jsonBody(body) },
  });
  const queryRoute = createRoute({
    ...shared,
    operationId: `${operationId}OfQuery`,
    hide: true,
    path: `/api/v1/contacts/${act}/`,
    request: { query: contactQuery, ...jsonBody(body) },
  });
  return { route, queryRoute };
}
