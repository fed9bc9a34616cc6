import { z } from '@hono/zod-openapi';
import type { StackConfig } from '../../config.ts';
import { markChatReceived, showAsRead } from '../../inbox/chats/mark-chat-received.ts';
import { wabaClient, type WabaClient } from '../../waba/client.ts';
import type { Api } from '../api-env.ts';
import { integerField, textField } from '../fields.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';

const markSchema = z
  .object({
    timestamp: integerField().openapi({
      description: 'Seconds; of the newest message that was received.',
    }),
    customer_wa_id: textField({ min: 1 }),
  })
  .openapi('ReceivedMessageMark');

const route = signedInRoute({
  operationId: 'createReceivedMessageMark',
  method: 'post',
  path: '/api/v1/mark_as_received/',
  tags: ['Messages'],
  request: jsonBody(markSchema),
  responses: { 201: json(z.object({}), 'Marked.'), ...failures(400, 403) },
});

/** How WhatsApp is told that a message was read. */
export type ReadReceipts = (config: StackConfig) => Pick<WabaClient, 'markRead'>;

/** Marks a chat's messages as received by the caller; WhatsApp is told after the answer. */
export function markRoutes(api: Api, receipts: ReadReceipts = wabaClient): void {
  api.openapi(route, async (c) => {
    const { db, config } = c.var.stack;
    const { customer_wa_id: waId, timestamp } = c.req.valid('json');
    const read = await markChatReceived(db, c.var.user, { waId, timestamp }, Date.now());
    if (read !== undefined) c.executionCtx.waitUntil(showAsRead(receipts(config), read));
    return c.json({}, 201);
  });
}
