import { OpenAPIHono } from '@hono/zod-openapi';
import { requestId } from 'hono/request-id';
import type { Api, ApiEnv } from './api-env.ts';
import { activate } from './auth/activate.ts';
import { apiRoot } from './auth/api-root.ts';
import { convertIdToken } from './auth/convert-id-token.ts';
import { convertARefreshToken } from './auth/convert-refresh-token.ts';
import { createToken } from './auth/create-token.ts';
import { logOut } from './auth/log-out.ts';
import { resetMyToken } from './auth/reset-token.ts';
import { retrieveRefreshToken } from './auth/retrieve-refresh-token.ts';
import { bodyAsJson } from './body-as-json.ts';
import { listAllChats } from './chats/list-chats.ts';
import { retrieveChat } from './chats/retrieve-chat.ts';
import { closeRoutes } from './close-routes.ts';
import { deleteDeadLetter } from './dead-letters/delete-dead-letter.ts';
import { listAllDeadLetters } from './dead-letters/list-dead-letters.ts';
import { retryOneDeadLetter } from './dead-letters/retry-dead-letter.ts';
import { retryAllDeadLetters } from './dead-letters/retry-dead-letters.ts';
import { listAllDeliveries } from './deliveries/list-deliveries.ts';
import { listWabaWebhookDeliveries } from './deliveries/list-webhook-deliveries.ts';
import { retrieveOneDelivery } from './deliveries/retrieve-delivery.ts';
import { retryOneDelivery } from './deliveries/retry-delivery.ts';
import { skipOneDelivery } from './deliveries/skip-delivery.ts';
import { answerError } from './errors.ts';
import { createReceivedMessageMark } from './marks/create-mark.ts';
import { createMediaFile } from './media/create-media.ts';
import { createMediaLink } from './media/create-media-link.ts';
import { retrieveMediaFile } from './media/retrieve-media.ts';
import { createMessage } from './messages/create-message.ts';
import { listAllMessages } from './messages/list-messages.ts';
import { retrieveOneMessage } from './messages/retrieve-message.ts';
import { erasePerson } from './persons/erase-person.ts';
import { listPeople } from './persons/list-people.ts';
import { retrievePerson } from './persons/retrieve-person.ts';
import { crossOrigin } from './cross-origin.ts';
import { refuseInvalid } from './refuse-invalid.ts';
import { limitedRate } from './limited-rate.ts';
import { signedIn } from './signed-in.ts';
import { changeWebhookReplay } from './replays/change-replay.ts';
import { createWebhookReplay } from './replays/create-replay.ts';
import { listWebhookReplays } from './replays/list-replays.ts';
import { retrieveWebhookReplay } from './replays/retrieve-replay.ts';
import { changePasswordOfMine } from './users/change-my-password.ts';
import { changePasswordOfUser } from './users/change-user-password.ts';
import { createNewUser } from './users/create-user.ts';
import { listAllUsers } from './users/list-users.ts';
import { retrieveCurrentUser } from './users/current-user.ts';
import { retrieveOneUser } from './users/retrieve-user.ts';
import { createWabaWebhook } from './webhooks/create-webhook.ts';
import { deleteWabaWebhook } from './webhooks/delete-webhook.ts';
import { listWabaWebhookEvents } from './webhooks/list-webhook-events.ts';
import { listWabaWebhooks } from './webhooks/list-webhooks.ts';
import { partialUpdateWabaWebhook } from './webhooks/partial-update-webhook.ts';
import { pauseWabaWebhook } from './webhooks/pause-webhook.ts';
import { resumeWabaWebhook } from './webhooks/resume-webhook.ts';
import { retrieveWabaWebhook } from './webhooks/retrieve-webhook.ts';
import { rotateWabaWebhookSecret } from './webhooks/rotate-secret.ts';
import { testWabaWebhook } from './webhooks/test-webhook.ts';
import { updateWabaWebhook } from './webhooks/update-webhook.ts';

/**
 * The get.chat Integration API, below `/api/v1/`, and `/activate/`. Mounted at the root; needs the
 * variables `stack` and `bells` set before it. What is registered above `signedIn` is open to all.
 */
export function createApi(): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });
  api.use('/activate/*', requestId());
  activate(api);

  api.use('/api/v1/*', requestId());
  api.use('/api/v1/*', crossOrigin);
  apiRoot(api);
  logOut(api);
  for (const path of ['token/', 'convert_refresh_token/', 'convert_id_token/']) {
    api.use(`/api/v1/auth/${path}`, limitedRate, bodyAsJson);
  }
  createToken(api);
  convertARefreshToken(api);
  convertIdToken(api);
  // Signs its caller in by itself: a signed URL needs no user.
  retrieveMediaFile(api);

  api.use('/api/v1/*', signedIn);
  api.use('/api/v1/*', bodyAsJson);
  resetMyToken(api);
  retrieveRefreshToken(api);
  listAllUsers(api);
  createNewUser(api);
  retrieveCurrentUser(api);
  changePasswordOfMine(api);
  retrieveOneUser(api);
  changePasswordOfUser(api);
  listAllMessages(api);
  createMessage(api);
  retrieveOneMessage(api);
  createReceivedMessageMark(api);
  listAllChats(api);
  retrieveChat(api);
  listPeople(api);
  retrievePerson(api);
  erasePerson(api);
  createMediaFile(api);
  createMediaLink(api);
  listWabaWebhooks(api);
  createWabaWebhook(api);
  retrieveWabaWebhook(api);
  updateWabaWebhook(api);
  partialUpdateWabaWebhook(api);
  deleteWabaWebhook(api);
  testWabaWebhook(api);
  pauseWabaWebhook(api);
  resumeWabaWebhook(api);
  listWabaWebhookEvents(api);
  rotateWabaWebhookSecret(api);
  listAllDeliveries(api);
  listWabaWebhookDeliveries(api);
  retrieveOneDelivery(api);
  retryOneDelivery(api);
  skipOneDelivery(api);
  createWebhookReplay(api);
  listWebhookReplays(api);
  retrieveWebhookReplay(api);
  changeWebhookReplay(api);
  listAllDeadLetters(api);
  retryAllDeadLetters(api);
  retryOneDeadLetter(api);
  deleteDeadLetter(api);

  const closed = closeRoutes(api, ['/api/v1/*', '/activate/*']);
  closed.onError(answerError);
  return closed;
}
