import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { assignChat } from '../../inbox/assignment/assign-chat.ts';
import type { ApiAssignment } from '../../inbox/assignment/present-assignment.ts';
import type { ApiEnv } from '../api-env.ts';
import { linksOf } from '../base-url.ts';
import { ringEvents } from '../ring-events.ts';
import type { assignmentBody } from './assignment-schema.ts';

/** Assigns the chat that a path names, as a checked body asks for; returns whose it is then. */
export async function assign(
  c: Context<ApiEnv>,
  waId: string,
  body: z.output<typeof assignmentBody>,
): Promise<ApiAssignment> {
  const { stack, user } = c.var;
  const wish = {
    waId: body.wa_id,
    userId: body.assigned_to_user,
    groupId: body.assigned_group,
  };
  const circumstances = { now: Date.now(), ...linksOf(c) };
  const { assignment, events } = await assignChat(stack, user, waId, wish, circumstances);
  ringEvents(c, events);
  return assignment;
}
