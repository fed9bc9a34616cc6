import { createRoute, z } from '@hono/zod-openapi';
import { resolveChat } from '../../inbox/chats/resolve-chat.ts';
import type { Api } from '../api-env.ts';
import { booleanField } from '../fields.ts';
import { ringEvents } from '../ring-events.ts';
import { failures, json, jsonBody } from '../route-parts.ts';

const resolvedSchema = z
  .object({ wa_id: z.string(), resolved: z.boolean() })
  .openapi('ResolvedChat');

const route = createRoute({
  operationId: 'resolveChat',
  method: 'patch',
  path: '/api/v1/chats/{wa_id}/resolve',
  tags: ['Chats'],
  summary:
    "Says whether something is left to do in a chat; the customer's next message says so anyway.",
  request: {
    params: z.object({ wa_id: z.string() }),
    ...jsonBody(z.object({ resolved: booleanField })),
  },
  responses: { 200: json(resolvedSchema, 'How it is now.'), ...failures(400, 403, 404) },
});

/** Resolves a chat, or opens it again. */
export function resolveOneChat(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const { wa_id: waId } = c.req.valid('param');
    const { resolved } = c.req.valid('json');
    const { chat, events } = await resolveChat(stack.db, user, waId, resolved, Date.now());
    ringEvents(c, events);
    return c.json(chat, 200);
  });
}
