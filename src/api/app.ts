import { OpenAPIHono } from '@hono/zod-openapi';
import { requestId } from 'hono/request-id';
import type { Api, ApiEnv } from './api-env.ts';
import { authRoutes } from './auth/auth-routes.ts';
import { blockingRoutes } from './blocking/blocking-routes.ts';
import { assignmentRoutes } from './chat-assignment/assignment-routes.ts';
import { importRoutes } from './chat-import/import-routes.ts';
import { chatRoutes } from './chats/chat-routes.ts';
import { closeRoutes } from './close-routes.ts';
import { contactRoutes } from './contacts/contact-routes.ts';
import { crossOrigin } from './cross-origin.ts';
import { deadLetterRoutes } from './dead-letters/dead-letter-routes.ts';
import { deliveryRoutes } from './deliveries/delivery-routes.ts';
import { answerError } from './errors.ts';
import { fcmTokenRoutes } from './fcm-device-tokens/fcm-token-routes.ts';
import { groupRoutes } from './groups/group-routes.ts';
import { markRoutes } from './marks/mark-routes.ts';
import { mediaRoutes } from './media/media-routes.ts';
import { messageRoutes } from './messages/message-routes.ts';
import { notificationRoutes } from './notifications/notification-routes.ts';
import { personRoutes } from './persons/person-routes.ts';
import { privateAnswers } from './private-answers.ts';
import { profileRoutes } from './profile/profile-routes.ts';
import { refreshRoutes } from './refreshes/refresh-routes.ts';
import { refuseInvalid } from './refuse-invalid.ts';
import { replayRoutes } from './replays/replay-routes.ts';
import { savedResponseRoutes } from './saved-responses/saved-response-routes.ts';
import { statusRoutes } from './status/status-routes.ts';
import { tagRoutes } from './tags/tag-routes.ts';
import { taggingRoutes } from './tags/tagging-routes.ts';
import { templateRoutes } from './templates/template-routes.ts';
import { transferRoutes } from './transfer/transfer-routes.ts';
import { userRoutes } from './users/user-routes.ts';
import { webhookActRoutes } from './webhooks/webhook-act-routes.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';

/**
 * The get.chat Integration API, below `/api/v1/`, and `/activate/`. Mounted at the root; needs the
 * variables `stack` and `bells` set before it. Each route says by itself who may call it.
 */
export function createApi(): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });
  api.use('/activate/*', requestId(), privateAnswers);
  api.use('/api/v1/*', requestId(), privateAnswers);
  api.use('/api/v1/*', crossOrigin);
  authRoutes(api);
  userRoutes(api);
  groupRoutes(api);
  templateRoutes(api);
  profileRoutes(api);
  refreshRoutes(api);
  statusRoutes(api);
  // Before the contacts: `/contacts/{wa_id}/` fits `/contacts/blocked/`, too.
  blockingRoutes(api);
  contactRoutes(api);
  messageRoutes(api);
  markRoutes(api);
  chatRoutes(api);
  importRoutes(api);
  assignmentRoutes(api);
  savedResponseRoutes(api);
  personRoutes(api);
  tagRoutes(api);
  taggingRoutes(api);
  mediaRoutes(api);
  webhookRoutes(api);
  webhookActRoutes(api);
  deliveryRoutes(api);
  replayRoutes(api);
  deadLetterRoutes(api);
  fcmTokenRoutes(api);
  notificationRoutes(api);
  transferRoutes(api);

  const closed = closeRoutes(api);
  closed.onError(answerError);
  return closed;
}
