import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { changeAvailability } from '../../inbox/users/change-availability.ts';
import { presentUser, type ApiUser } from '../../inbox/users/present-user.ts';
import { updateUser } from '../../inbox/users/update-user.ts';
import type { ApiEnv } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { ringEvents } from '../ring-events.ts';
import { toChanges, type userChangesSchema } from './user-changes-schema.ts';

/** Changes a user as a checked body asks for, and returns how they are then. */
export async function changeUser(
  c: Context<ApiEnv>,
  id: number,
  body: z.output<typeof userChangesSchema>,
): Promise<ApiUser> {
  const { stack, bells, user: actor } = c.var;
  const { user, isDeactivated } = await updateUser(stack.db, actor, id, toChanges(body));
  if (isDeactivated) await bells.closeSockets(id);
  const isAvailable = body.profile?.is_available ?? user.isAvailable;
  if (isAvailable !== user.isAvailable) await setAvailability(c, id, isAvailable);
  return presentUser({ ...user, isAvailable }, baseUrlOf(c));
}

/** Says whether chats may be given to a user now, and tells of it where that is news. */
export async function setAvailability(
  c: Context<ApiEnv>,
  id: number,
  isAvailable: boolean,
): Promise<void> {
  const { stack, user } = c.var;
  const circumstances = { now: Date.now(), baseUrl: baseUrlOf(c) };
  ringEvents(c, await changeAvailability(stack.db, user, id, isAvailable, circumstances));
}
