import type { z } from '@hono/zod-openapi';
import type { MessagesRequest } from '../../inbox/messages/list-messages.ts';
import { booleanField, integerField, textField } from '../fields.ts';
import { pageQuery } from '../pagination.ts';
import { queryParam } from '../query-param.ts';

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
