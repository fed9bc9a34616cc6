import { z } from '@hono/zod-openapi';
import { messageSchema } from '../messages/message-schema.ts';
import { personSchema } from '../persons/person-schema.ts';
import { tagsOnSchema } from '../tags/tag-schema.ts';
import { groupSchema, userSchema } from '../users/user-schema.ts';

/** A chat in an answer: the shape of `presentChats`. */
export const chatSchema = z
  .object({
    contact: personSchema,
    new_messages: z
      .int()
      .openapi({ description: "How many of the customer's messages the caller has not received." }),
    wa_id: z.string(),
    last_message: z.union([messageSchema, z.null()]),
    assigned_to_user: z.union([userSchema, z.null()]),
    assigned_group: groupSchema.nullable(),
    tags: tagsOnSchema,
  })
  .openapi('Chat');
