import { z } from '@hono/zod-openapi';
import type { TaggingEventsRequest } from '../../inbox/tags/list-tagging-events.ts';
import { integerField, queryParam, textField } from '../fields.ts';
import { pageQuery } from '../pagination.ts';
import { userSchema } from '../users/user-schema.ts';
import { tagSchema } from './tag-schema.ts';
import { extraSchema } from './tagging-input.ts';

/** An entry may have ten kilobytes; a page of them must leave room in an isolate's 128 MB. */
const MAX_EVENTS = 1_000;

const taggingEvent = z.object({
  timestamp: z.int().openapi({ description: 'Seconds.' }),
  action: z.enum(['added', 'removed']),
  tag: tagSchema,
  extra: extraSchema,
  done_by: userSchema,
});

/** An entry of the history of a chat's tags: the shape of `presentAct`. */
export const chatTaggingEventSchema = taggingEvent
  .extend({ chat: z.string().openapi({ description: 'The wa_id of the customer.' }) })
  .openapi('ChatTaggingEvent');

/** An entry of the history of a message's tags. */
export const messageTaggingEventSchema = taggingEvent
  .extend({ message: z.string().openapi({ description: "WhatsApp's id; ours if it has none." }) })
  .openapi('MessageTaggingEvent');

/** What the history of chats may be asked for (spec: listChatTaggingEvents). */
export const chatTaggingEventsQuery = pageQuery.extend({
  limit: pageQuery.shape.limit
    .transform((limit) => Math.min(limit, MAX_EVENTS))
    .openapi({ type: 'integer', minimum: 1, maximum: MAX_EVENTS }),
  wa_id: queryParam(textField()),
  since_time: queryParam(integerField()),
  before_time: queryParam(integerField()),
});

/** What the history of messages may be asked for (spec: listMessageTaggingEvents). */
export const messageTaggingEventsQuery = chatTaggingEventsQuery.extend({
  message_id: queryParam(textField()),
});

/** Turns a checked query into what the inbox is asked. */
export function toEventsRequest(
  query: z.output<typeof chatTaggingEventsQuery>,
): TaggingEventsRequest {
  return {
    waId: query.wa_id,
    sinceTime: query.since_time,
    beforeTime: query.before_time,
    part: { limit: query.limit, offset: query.offset },
  };
}
