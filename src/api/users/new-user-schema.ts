import { z } from '@hono/zod-openapi';
import { booleanField, textField } from '../fields.ts';
import { roleSchema, scopeSchema } from './user-schema.ts';

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
