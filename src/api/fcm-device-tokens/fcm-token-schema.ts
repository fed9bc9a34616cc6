import { z } from '@hono/zod-openapi';
import type { User } from '../../auth/user.ts';
import type { FcmToken } from '../../inbox/push/fcm-tokens.ts';
import { presentUser } from '../../inbox/users/present-user.ts';
import { textField } from '../fields.ts';
import { userSchema } from '../users/user-schema.ts';

/** Firebase promises no length; what it gives out has less than two hundred characters. */
const MAX_CHARACTERS = 4_096;

/** What a device is registered with. */
export const newFcmTokenSchema = z
  .object({ token: textField({ min: 1, max: MAX_CHARACTERS }) })
  .openapi('NewFcmDeviceToken');

/** A device in an answer. */
export const fcmTokenSchema = z
  .object({ id: z.int(), token: z.string(), user: userSchema, last_seen: z.iso.datetime() })
  .openapi('FcmDeviceToken');

/** A device of `user` as the API shows it. */
export function presentFcmToken({ id, token, last_seen }: FcmToken, user: User, baseUrl: string) {
  const lastSeen = new Date(last_seen).toISOString();
  return { id, token, user: presentUser(user, baseUrl), last_seen: lastSeen };
}
