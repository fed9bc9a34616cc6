import type { Context } from 'hono';
import type { z } from '@hono/zod-openapi';
import { listDeliveries, type LogRequest } from '../../webhooks/log/list-deliveries.ts';
import type { ApiEnv } from '../api-env.ts';
import { writeCursor } from './delivery-cursor.ts';
import type { deliveriesAnswer } from './delivery-schema.ts';
import { presentDelivery } from './present-delivery.ts';

/** Makes the answer of a list of deliveries. Throws as `listDeliveries` does. */
export async function answerLog(
  c: Context<ApiEnv>,
  request: LogRequest,
): Promise<z.input<typeof deliveriesAnswer>> {
  const { deliveries, next } = await listDeliveries(c.var.stack, c.var.user, request);
  const link = new URL(c.req.url);
  if (next !== null) link.searchParams.set('cursor', writeCursor(next));
  return {
    results: deliveries.map(presentDelivery),
    next: next === null ? null : link.href,
  };
}
