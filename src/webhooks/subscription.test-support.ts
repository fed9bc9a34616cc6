import type { EventChat } from '../events/audience.ts';
import type { MatchedEvent } from '../events/kinds.ts';

import type { Subscription } from './subscriptions.ts';

/** Of user 7, who may read everything; asks for nothing yet. */
export const SUBSCRIPTION: Subscription = {
  id: 1,
  userId: 7,
  username: 'olga',
  isAdmin: false,
  isOwnerActive: true,
  canReadChats: 'all',
  groupIds: [],
  url: 'https://example.com/hook',
  headers: {},
  secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  appSecret: null,
  dialectKey: null,
  schedule: 'default',
  ordering: 'none',
  rateLimit: null,
  rateWindow: null,
  onIncomingMessage: false,
  onOutgoingMessage: false,
  onAssigned: false,
  onCloudApi: false,
  onWebhookDisabled: false,
  fields: null,
  sinceSeq: 0,
  dialect: null,
  slowSince: null,
  probeAt: null,
  leaseUntil: null,
  breakerOpenedAt: null,
  breakerClosedAt: null,
  failingSince: null,
  isUnreadable: false,
};

/** A new message in a chat that is nobody's. */
export const EVENT: MatchedEvent = {
  seq: 11,
  kind: 'waba',
  fields: ['messages'],
  chats: [{ wa_id: '491', assigned_user_id: null, assigned_group_id: null }],
  hasIncoming: true,
};

/** A chat that is assigned to user 7. */
export const OURS: EventChat = { wa_id: '492', assigned_user_id: 7, assigned_group_id: null };
