import { z } from '@hono/zod-openapi';
import type { UserChanges } from '../../inbox/users/user-changes.ts';
import { booleanField, integerField, textField } from '../fields.ts';

/** Which chats a user may read or write to. */
const scopeSchema = z.enum(['all', 'group', 'user', 'none']);

/** What a user is in the inbox. */
const roleSchema = z.enum(['admin', 'user', 'app']);

/** A group in an answer. */
export const groupSchema = z.object({ id: z.int(), name: z.string() });

/** A user in an answer: the shape of `presentUser`. */
export const userSchema = z
  .object({
    url: z.url(),
    id: z.int(),
    username: z.string(),
    first_name: z.string(),
    last_name: z.string(),
    email: z.string(),
    profile: z.object({ role: roleSchema, is_available: z.boolean() }),
    is_active: z.boolean(),
    groups: z.array(groupSchema),
    permissions: z.object({
      can_use_tags: z.boolean(),
      can_read_chats: scopeSchema,
      can_write_to_chats: scopeSchema,
    }),
  })
  .openapi('User');

/** Names in the service are Django's: 150 characters. */
const NAME = { max: 150 };

/** What a new user is made of (spec: createNewUser; `permissions` as in updateUser). */
export const newUserSchema = z
  .object({
    username: textField({ min: 1, ...NAME }),
    first_name: textField(NAME).optional(),
    last_name: textField(NAME).optional(),
    email: z.email().max(254).or(z.literal('')).optional(),
    profile: z.object({ role: roleSchema.optional() }).optional(),
    permissions: z
      .object({
        can_use_tags: booleanField.optional(),
        can_read_chats: scopeSchema.optional(),
        can_write_to_chats: scopeSchema.optional(),
      })
      .optional(),
  })
  .openapi('NewUser');

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
