import { createRoute } from '@hono/zod-openapi';
import { listChats } from '../../inbox/chats/list-chats.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { booleanField, integerField, textField } from '../fields.ts';
import { longPage } from '../long-page.ts';
import { pageQuery, pageSchema } from '../pagination.ts';
import { queryParam } from '../query-param.ts';
import { failures, json } from '../route-parts.ts';
import { chatTagParam, unsupportedFlag, unsupportedParam } from '../unsupported-params.ts';
import { chatSchema } from './chat-schema.ts';

/** A chat comes with its last message, which may take tens of kilobytes. */
const MAX_CHATS = 1_000;

const NO_TIMES = 'Filters by time are not supported yet.';
const NO_BLOCKS = 'Blocking is not supported yet.';
const NO_REFERRALS = 'Filters by referral are not supported yet.';

const chatsQuery = pageQuery.extend({
  limit: pageQuery.shape.limit
    .transform((limit) => Math.min(limit, MAX_CHATS))
    .openapi({ type: 'integer', minimum: 1, maximum: MAX_CHATS }),
  search: queryParam(textField()),
  assigned_to_me: queryParam(booleanField),
  assigned_group: queryParam(integerField()),
  chat_tag_id: chatTagParam,
  messages_since_time: unsupportedParam(NO_TIMES),
  messages_before_time: unsupportedParam(NO_TIMES),
  blocked: unsupportedFlag(NO_BLOCKS),
  reported: unsupportedFlag(NO_BLOCKS),
  message_has_referral: unsupportedFlag(NO_REFERRALS),
  message_referral_source_url: unsupportedParam(NO_REFERRALS),
  message_referral_source_id: unsupportedParam(NO_REFERRALS),
  message_referral_source_type: unsupportedParam(NO_REFERRALS),
  message_referral_headline: unsupportedParam(NO_REFERRALS),
  message_referral_body: unsupportedParam(NO_REFERRALS),
  message_referral_media_type: unsupportedParam(NO_REFERRALS),
});

const route = createRoute({
  operationId: 'listChats',
  method: 'get',
  path: '/api/v1/chats/',
  tags: ['Chats'],
  request: { query: chatsQuery },
  responses: {
    200: json(pageSchema(chatSchema), 'The chats, those with the newest messages first.'),
    ...failures(400, 403),
  },
});

/** Lists the chats that the caller may read, with what is new in them. */
export function listAllChats(api: Api): void {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const part = { limit: query.limit, offset: query.offset };
    const request = {
      search: query.search,
      assignedToMe: query.assigned_to_me,
      assignedGroup: query.assigned_group,
      part,
    };
    const list = await listChats(c.var.stack.db, c.var.user, request, baseUrlOf(c));
    return c.json(longPage(c, list, part), 200);
  });
}
