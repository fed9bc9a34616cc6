import type { Answer } from './answer.ts';
import { json } from './answer.ts';
import { APP_ID, WABA_ID } from './envelope.ts';
import { blockRoutes } from './block-routes.ts';
import { deleteMedia, describeMedia, downloadMedia, uploadMedia } from './media-routes.ts';
import { profileRoutes } from './profile-routes.ts';
import { messageTemplateRoutes } from './message-template-routes.ts';
import type { Route } from './route.ts';
import { sendMessage } from './send-message.ts';
import { readAccountWebhook, readWebhookConfig, writeWebhookConfig } from './webhook-config.ts';
import { templateRoutes } from './template-routes.ts';
import { uploadRoutes } from './upload-routes.ts';
import type { World } from './world.ts';

const MEDIA_ID = /^\/(\d+)$/;
const WEBHOOK_CONFIG = /^\/v1\/configs\/webhook$/;
const ATTACHMENTS = /^\/whatsapp_business\/attachments\/?$/;

/** What 360dialog serves. Every one of these needs the API key. */
export function wabaRoutes(world: World): Route[] {
  return [
    // 360dialog's own sandbox has the `/v1`.
    {
      method: 'POST',
      path: /^(?:\/v1)?\/messages$/,
      answer: (request) => sendMessage(world, request),
    },
    { method: 'POST', path: /^\/media$/, answer: (request) => uploadMedia(world, request) },
    { method: 'GET', path: MEDIA_ID, answer: (request) => describeMedia(world, request) },
    { method: 'DELETE', path: MEDIA_ID, answer: (request) => deleteMedia(world, request) },
    { method: 'GET', path: ATTACHMENTS, answer: (request) => downloadMedia(world, request) },
    { method: 'GET', path: WEBHOOK_CONFIG, answer: () => readWebhookConfig(world) },
    {
      method: 'POST',
      path: WEBHOOK_CONFIG,
      answer: (request) => writeWebhookConfig(world, request),
    },
    { method: 'GET', path: /^\/waba_webhook$/, answer: () => readAccountWebhook(world) },
    { method: 'GET', path: /^\/health_status$/, answer: () => health(world) },
    ...templateRoutes(world),
    ...messageTemplateRoutes(world),
    ...profileRoutes(world),
    ...uploadRoutes(world),
    ...blockRoutes(world),
  ];
}

function health(world: World): Answer {
  return json(200, { health_status: healthStatus(world), id: world.number.phoneNumberId });
}

/** WhatsApp's account of the number's health, and of what it belongs to. */
export function healthStatus({ number }: World): object {
  const entities = [
    { entity_type: 'PHONE_NUMBER', id: number.phoneNumberId },
    { entity_type: 'WABA', id: WABA_ID },
    { entity_type: 'BUSINESS', id: '2729063490586005' },
    { entity_type: 'APP', id: APP_ID },
  ];
  return {
    can_send_message: 'AVAILABLE',
    entities: entities.map((entity) => ({ ...entity, can_send_message: 'AVAILABLE' })),
  };
}
