import { z } from '@hono/zod-openapi';

const scope = z.enum(['all', 'group', 'user', 'none']);

/** A user in an answer: the shape of `presentUser`. */
export const userSchema = z
  .object({
    url: z.url(),
    id: z.int(),
    username: z.string(),
    first_name: z.string(),
    last_name: z.string(),
    email: z.string(),
    profile: z.object({ role: z.enum(['admin', 'user', 'app']) }),
    groups: z.array(z.object({ id: z.int(), name: z.string() })),
    permissions: z.object({
      can_use_tags: z.boolean(),
      can_read_chats: scope,
      can_write_to_chats: scope,
    }),
  })
  .openapi('User');
