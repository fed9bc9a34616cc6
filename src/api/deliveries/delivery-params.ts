import { z } from '@hono/zod-openapi';
import type { DeliveryKey } from '../../webhooks/chat-queue.ts';

/** Its webhook and the sequence number of its event; fifteen digits stay whole numbers in JavaScript. */
const ID = /^([1-9]\d{0,14})-([1-9]\d{0,14})$/;

/** The id of a delivery in a path. What cannot be one is no such thing. */
export const deliveryParams = z.object({
  id: z
    .string()
    .regex(ID)
    .transform(readId)
    .openapi({ param: { name: 'id', in: 'path' }, type: 'string', example: '2-1041' }),
});

/** Writes the id of a delivery. */
export function writeId({ webhook_id, seq }: DeliveryKey): string {
  return `${webhook_id}-${seq}`;
}

function readId(id: string): DeliveryKey {
  const [, webhookId, seq] = ID.exec(id) ?? [];
  return { webhook_id: Number(webhookId), seq: Number(seq) };
}
