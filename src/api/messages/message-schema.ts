import { z } from '@hono/zod-openapi';
import type { MessagesRequest } from '../../inbox/messages/list-messages.ts';
import type { ApiMessage } from '../../inbox/messages/present-message.ts';
import { booleanField, integerField, queryParam, textField } from '../fields.ts';
import { pageQuery } from '../pagination.ts';
import { personSchema } from '../persons/person-schema.ts';
import { tagsOnSchema } from '../tags/tag-schema.ts';
import { userSchema } from '../users/user-schema.ts';

/** A message may take tens of kilobytes; a page of them must leave room in an isolate's 128 MB. */
const MAX_MESSAGES = 1_000;

/** What a list of messages may be asked for (spec: listMessages). */
export const messagesQuery = pageQuery.extend({
  limit: pageQuery.shape.limit
    .transform((limit) => Math.min(limit, MAX_MESSAGES))
    .openapi({ type: 'integer', minimum: 1, maximum: MAX_MESSAGES }),
  wa_id: queryParam(textField()),
  since_time: queryParam(integerField()),
  before_time: queryParam(integerField()),
  mark_as_received: queryParam(booleanField),
  search: queryParam(textField()),
  from_us: queryParam(booleanField),
  assigned_to_me: queryParam(booleanField),
  assigned_group: queryParam(integerField()),
  chat_tag_id: queryParam(integerField()),
});

const seconds = z.number().nullable();

/** Who is in a WhatsApp group, in an answer. */
export const participantSchema = z
  .object({
    wa_id: z.string().nullable(),
    user_id: z.string().nullable(),
    name: z.string(),
  })
  .openapi('Participant');

/** A message in an answer: the shape of `presentMessage`. */
export const messageSchema = z
  .object({
    id: z.string().openapi({ description: 'Our id, the getchat_id of statuses.' }),
    waba_payload: z
      .record(z.string(), z.unknown())
      .openapi({ description: 'The message as the WhatsApp API describes it.' }),
    waba_statuses: z
      .object({ sent: seconds, delivered: seconds, read: seconds })
      .openapi({ description: 'When each status was reached, in seconds.' }),
    contact: z.union([personSchema, z.null()]),
    from_us: z.boolean(),
    received: z.boolean().openapi({ description: 'Whether the caller has received it.' }),
    sender: z.union([userSchema, z.null()]),
    context: z.custom<ApiMessage | null>().openapi({
      type: ['object', 'null'],
      description: 'The message that this one replies to; it has no context of its own.',
    }),
    customer_wa_id: z.string(),
    tags: tagsOnSchema,
    chat_tags: tagsOnSchema,
    is_failed: z.boolean(),
    resend_payload: z
      .record(z.string(), z.unknown())
      .nullable()
      .openapi({ description: 'What to post to send a failed message once more.' }),
    participant: participantSchema
      .nullable()
      .openapi({ description: 'Who wrote it in a group; null outside groups.' }),
    is_deleted: z.boolean().openapi({ description: 'Whether its writer took it back.' }),
    edited_at: z.int().nullable().openapi({
      description: 'Seconds; when its writer changed it last. `waba_payload` has it as it is now.',
    }),
    origin: z.enum(['business_app', 'history']).nullable().openapi({
      description:
        '`business_app`: one of us wrote it in the WhatsApp Business app. `history`: it was written before WhatsApp connected the number, and synchronized.',
    }),
  })
  .openapi('Message');

/** Turns a checked query into what the inbox is asked. */
export function toRequest(query: z.output<typeof messagesQuery>): MessagesRequest {
  return {
    waId: query.wa_id,
    sinceTime: query.since_time,
    beforeTime: query.before_time,
    fromUs: query.from_us,
    search: query.search,
    chatTagId: query.chat_tag_id,
    assignedToMe: query.assigned_to_me,
    assignedGroup: query.assigned_group,
    markAsReceived: query.mark_as_received ?? false,
    part: { limit: query.limit, offset: query.offset },
  };
}
