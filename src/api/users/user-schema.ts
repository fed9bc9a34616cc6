import { z } from '@hono/zod-openapi';

/** Which chats a user may read or write to. */
export const scopeSchema = z.enum(['all', 'group', 'user', 'none']);

/** What a user is in the inbox. */
export const roleSchema = z.enum(['admin', 'user', 'app']);

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
