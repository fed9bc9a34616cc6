import { z } from '@hono/zod-openapi';
import { messageSchema, participantSchema } from '../messages/message-schema.ts';
import { personSchema } from '../persons/person-schema.ts';
import { tagsOnSchema } from '../tags/tag-schema.ts';
import { groupSchema, userSchema } from '../users/user-schema.ts';

const whatsappGroupSchema = z
  .object({
    subject: z.string(),
    description: z.string(),
    participants: z.array(participantSchema),
    invite_link: z.string().nullable(),
    join_approval_mode: z.string().nullable(),
    is_suspended: z.boolean(),
    is_deleted: z.boolean(),
  })
  .openapi('WhatsappGroup', { description: 'What WhatsApp told of the group.' });

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
    kind: z.enum(['individual', 'group']).openapi({
      description:
        "`group`: a WhatsApp group, whose id stands in `wa_id`. Else one customer's chat.",
    }),
    group: whatsappGroupSchema.nullable(),
  })
  .openapi('Chat');
