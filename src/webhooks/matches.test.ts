import type { MatchedEvent } from '../events/kinds.ts';
import { describe, expect, it } from 'vitest';
import { shapeFor } from './matches.ts';
import type { Subscription } from './subscriptions.ts';
import { EVENT, OURS, SUBSCRIPTION } from './subscription.test-support.ts';

const OURS_AND_NEW: Partial<MatchedEvent> = { chats: [OURS], hasIncoming: true };

describe('which shape of an event a webhook gets', () => {
  it.each<[string, Partial<Subscription>, Partial<MatchedEvent>, ReturnType<typeof shapeFor>]>([
    ['nothing without a flag', {}, {}, null],
    ['the extended one for on_incoming_message', { onIncomingMessage: true }, {}, 'extended'],
    ['the original for on_cloud_api', { onCloudApi: true }, {}, 'cloud_api'],
    [
      'only the original where it takes both',
      { onCloudApi: true, onIncomingMessage: true },
      {},
      'cloud_api',
    ],
    [
      'the original where one of its fields is in it',
      { onCloudApi: true, fields: ['calls', 'statuses'] },
      { fields: ['messages', 'statuses'] },
      'cloud_api',
    ],
    [
      'nothing where none of its fields is in it',
      { onCloudApi: true, fields: ['calls'] },
      { fields: ['messages'] },
      null,
    ],
    [
      'the extended one of what its fields leave out, where it asks for that too',
      { onCloudApi: true, fields: ['calls'], onIncomingMessage: true },
      { fields: ['messages'] },
      'extended',
    ],
    [
      'no original where some chats are closed to it',
      { onCloudApi: true, canReadChats: 'group' },
      {},
      null,
    ],
    [
      'no original of a readable chat either, since the whole body might hold others',
      { onCloudApi: true, canReadChats: 'user' },
      OURS_AND_NEW,
      null,
    ],
    [
      'nothing of a chat that its user may not read',
      { onIncomingMessage: true, onOutgoingMessage: true, canReadChats: 'user' },
      {},
      null,
    ],
    [
      'nothing that was sent to such a chat',
      { onIncomingMessage: true, onOutgoingMessage: true, canReadChats: 'none' },
      { kind: 'outgoing' },
      null,
    ],
    [
      'nothing that was done with such a chat',
      { onIncomingMessage: true, canReadChats: 'none' },
      { kind: 'resolved' },
      null,
    ],
    [
      'the extended one where one of several chats is open to it',
      { onIncomingMessage: true, canReadChats: 'user' },
      { chats: [...EVENT.chats, OURS] },
      'extended',
    ],
    [
      'the extended one with errors of no chat, beside messages that are closed to it',
      { onIncomingMessage: true, canReadChats: 'none' },
      { fields: ['messages', 'errors'] },
      'extended',
    ],
    [
      'the extended one of what is about no chat',
      { onIncomingMessage: true, canReadChats: 'none' },
      { kind: 'availability', chats: [] },
      'extended',
    ],
    [
      'the extended one for on_assigned and a new message in a chat of its user',
      { onAssigned: true },
      OURS_AND_NEW,
      'extended',
    ],
    [
      'nothing for on_assigned and a status in a chat of its user',
      { onAssigned: true },
      { chats: [OURS], hasIncoming: false },
      null,
    ],
    [
      "nothing for on_assigned and somebody else's chat",
      { onAssigned: true },
      { chats: [{ ...OURS, assigned_user_id: 8 }], hasIncoming: true },
      null,
    ],
    [
      "nothing for on_assigned and a chat of its user's group only",
      { onAssigned: true, groupIds: [3] },
      { chats: [{ ...OURS, assigned_user_id: null, assigned_group_id: 3 }], hasIncoming: true },
      null,
    ],
    [
      'nothing for on_assigned where its user may read no chat',
      { onAssigned: true, canReadChats: 'none' },
      OURS_AND_NEW,
      null,
    ],
    [
      'no message of ours for on_incoming_message',
      { onIncomingMessage: true },
      { kind: 'outgoing' },
      null,
    ],
    [
      'a message of ours for on_outgoing_message',
      { onOutgoingMessage: true },
      { kind: 'outgoing' },
      'extended',
    ],
    [
      'a message of ours in the extended shape where it takes originals too',
      { onOutgoingMessage: true, onCloudApi: true },
      { kind: 'outgoing' },
      'extended',
    ],
    ['no message of ours for on_cloud_api', { onCloudApi: true }, { kind: 'outgoing' }, null],
    ['nothing of a customer for on_outgoing_message', { onOutgoingMessage: true }, {}, null],
    [
      'a message of ours that WhatsApp refused for on_outgoing_message',
      { onOutgoingMessage: true },
      { kind: 'failure' },
      'extended',
    ],
    [
      'the same for on_incoming_message, which takes statuses',
      { onIncomingMessage: true, onCloudApi: true },
      { kind: 'failure' },
      'extended',
    ],
    [
      "no message that WhatsApp refused for one that asks for WABA's bodies and what is assigned",
      { onCloudApi: true, onAssigned: true },
      { kind: 'failure' },
      null,
    ],
    [
      'what was done in the inbox for every receiver of the service',
      { onAssigned: true, onCloudApi: true },
      { kind: 'assignment' },
      'extended',
    ],
    ['what was done in the inbox for one without a flag', {}, { kind: 'resolved' }, 'extended'],
    ['what was tagged for one without a flag', {}, { kind: 'tagging' }, 'extended'],
    [
      "nothing done in the inbox for one that asks for WABA's bodies alone",
      { onCloudApi: true },
      { kind: 'availability' },
      null,
    ],
    [
      'what a chat holds that was just assigned to its user, for on_assigned',
      { onAssigned: true },
      { kind: 'assigned', chats: [OURS], hasIncoming: false },
      'extended',
    ],
    [
      'nothing of what a chat holds that was just assigned to somebody else',
      { onAssigned: true, onIncomingMessage: true },
      { kind: 'assigned', chats: [{ ...OURS, assigned_user_id: 8 }] },
      null,
    ],
    ['nothing up to where it was made', { onCloudApi: true, sinceSeq: 10 }, { seq: 10 }, null],
    [
      'the first event after it was made',
      { onCloudApi: true, sinceSeq: 10 },
      { seq: 11 },
      'cloud_api',
    ],
    ['nothing once its user is deactivated', { onCloudApi: true, isOwnerActive: false }, {}, null],
  ])('is %s', (_promise, subscription, event, expected) => {
    expect(shapeFor({ ...SUBSCRIPTION, ...subscription }, { ...EVENT, ...event })).toBe(expected);
  });
});
