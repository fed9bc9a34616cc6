import { z } from '@hono/zod-openapi';
import type { UserChanges } from '../../inbox/users/user-changes.ts';
import { booleanField, integerField } from '../fields.ts';
import { newUserSchema } from './new-user-schema.ts';

/** There are three groups; a list of thousands is a mistake. */
const MAX_GROUPS = 100;

/** Ids of groups; a form with one field of the name, or an empty one, has a list of one or none. */
const groupIds = z
  .preprocess(
    (value) => (typeof value === 'string' ? [value].filter((text) => text !== '') : value),
    z.array(integerField({ min: 0, max: Number.MAX_SAFE_INTEGER })).max(MAX_GROUPS),
  )
  .openapi({ type: 'array', items: { type: 'integer' }, maxItems: MAX_GROUPS });

/** What of a user can be changed (spec: partialUpdateUser); what is left out stays as it is. */
export const userChangesSchema = z
  .object({
    // Field by field: as an extension the document would require of a change what a new user needs.
    ...newUserSchema.shape,
    username: newUserSchema.shape.username.optional(),
    profile: z
      .object({
        role: newUserSchema.shape.profile.unwrap().shape.role,
        is_available: booleanField.optional(),
      })
      .optional(),
    is_active: booleanField.optional().openapi({
      description: 'False deactivates the account: users are never deleted. For admins only.',
    }),
    group_ids: groupIds.optional(),
  })
  .openapi('UserChanges');

/** The same with what a whole user must have (spec: updateUser). */
export const wholeUserSchema = userChangesSchema
  .extend({
    username: newUserSchema.shape.username,
    email: newUserSchema.shape.email.unwrap(),
    permissions: newUserSchema.shape.permissions.unwrap(),
  })
  .openapi('WholeUser');

/** Turns a checked body into what is to be changed. */
export function toChanges(body: z.output<typeof userChangesSchema>): UserChanges {
  return {
    username: body.username,
    firstName: body.first_name,
    lastName: body.last_name,
    email: body.email,
    role: body.profile?.role,
    isActive: body.is_active,
    groupIds: body.group_ids,
    canUseTags: body.permissions?.can_use_tags,
    canReadChats: body.permissions?.can_read_chats,
    canWriteToChats: body.permissions?.can_write_to_chats,
  };
}
