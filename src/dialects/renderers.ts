import type { WebhookDialects } from '../webhooks/dialect.ts';

/** How each dialect tells its webhooks of events: a webhook can be made in no other. */
export const DIALECT_RENDERERS: WebhookDialects = {};
