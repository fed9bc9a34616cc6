import { z } from '@hono/zod-openapi';
import type { ChatsRequest } from '../../inbox/chats/list-chats.ts';
import { cutReferralValue, type Referral, REFERRAL_FIELDS } from '../../waba/referral.ts';
import { booleanField, integerField, queryParam, textField } from '../fields.ts';
import { messageSchema, participantSchema } from '../messages/message-schema.ts';
import { pageQuery } from '../pagination.ts';
import { personSchema } from '../persons/person-schema.ts';
import { tagsOnSchema } from '../tags/tag-schema.ts';
import { groupSchema, userSchema } from '../users/user-schema.ts';

/** A chat comes with its last message, which may take tens of kilobytes. */
const MAX_CHATS = 1_000;

/** What the list of chats may be asked for (spec: listChats). */
export const chatsQuery = pageQuery.extend({
  limit: pageQuery.shape.limit
    .transform((limit) => Math.min(limit, MAX_CHATS))
    .openapi({ type: 'integer', minimum: 1, maximum: MAX_CHATS }),
  search: queryParam(textField()),
  chat_tag_id: queryParam(integerField()),
  assigned_to_me: queryParam(booleanField),
  assigned_group: queryParam(integerField()),
  messages_since_time: queryParam(integerField()),
  messages_before_time: queryParam(integerField()),
  blocked: queryParam(booleanField),
  reported: queryParam(booleanField),
  unread: queryParam(booleanField),
  message_has_referral: queryParam(booleanField),
  message_referral_source_url: queryParam(textField()),
  message_referral_source_id: queryParam(textField()),
  message_referral_source_type: queryParam(textField()),
  message_referral_headline: queryParam(textField()),
  message_referral_body: queryParam(textField()),
  message_referral_media_type: queryParam(textField()),
});

type ChatsQuery = z.output<typeof chatsQuery>;

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

/** Turns a checked query into what the inbox is asked. A flag that is false leaves nothing out. */
export function toRequest(query: ChatsQuery): ChatsRequest {
  return {
    search: query.search,
    tagId: query.chat_tag_id,
    assignedToMe: query.assigned_to_me,
    assignedGroup: query.assigned_group,
    sinceTime: query.messages_since_time,
    beforeTime: query.messages_before_time,
    isBlocked: query.blocked,
    isReported: query.reported,
    isUnread: query.unread,
    referral: referralOf(query),
    part: { limit: query.limit, offset: query.offset },
  };
}

function referralOf(query: ChatsQuery): Referral | undefined {
  const asked: Referral = {};
  for (const field of REFERRAL_FIELDS) {
    const value = query[`message_referral_${field}`];
    if (value !== undefined && value !== '') asked[field] = cutReferralValue(value);
  }
  const isAsked = query.message_has_referral === true || Object.keys(asked).length > 0;
  return isAsked ? asked : undefined;
}
