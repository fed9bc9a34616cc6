import type { EventChat } from '../events/audience.ts';
import { describe, expect, it } from 'vitest';
import type { ExtendedPayload } from '../events/event.ts';
import { extendedBodyFor } from './extended-body.ts';
import { OURS, SUBSCRIPTION } from './subscription.test-support.ts';
import type { Subscription } from './subscriptions.ts';

const NOBODYS: EventChat = { wa_id: '491', assigned_user_id: null, assigned_group_id: null };
const GROUPS: EventChat = { wa_id: '493', assigned_user_id: 8, assigned_group_id: 3 };
const CHATS = [NOBODYS, OURS, GROUPS];

/** One customer's contact, message and status, raw and as the API lists the message. */
function partsOf(chat: string) {
  return {
    contact: { profile: { name: chat }, wa_id: chat },
    message: { from: chat, id: `wamid.${chat}`, type: 'text', text: { body: 'hi' } },
    status: { id: `wamid.out.${chat}`, recipient_id: chat, status: 'read', timestamp: '1' },
    listed: { id: `g-${chat}`, customer_wa_id: chat, waba_payload: { id: `wamid.${chat}` } },
  };
}

const [A, B, C] = [partsOf('491'), partsOf('492'), partsOf('493')] as const;
const ERROR = { code: 131_000, title: 'Something went wrong' };

const EXTENDED: ExtendedPayload = {
  contacts: [A.contact, B.contact, C.contact],
  messages: [A.message, B.message, C.message],
  statuses: [A.status, B.status, C.status],
  errors: [ERROR],
  incoming_messages: [A.listed, B.listed, C.listed],
};

function bodyFor(
  subscription: Partial<Subscription>,
  extended: ExtendedPayload = EXTENDED,
  chats: readonly EventChat[] = CHATS,
): unknown {
  return extendedBodyFor({ ...SUBSCRIPTION, ...subscription }, extended, chats);
}

describe('the extended body', () => {
  it('tells on_incoming_message all that is new, under the names of the API', () => {
    expect(bodyFor({ onIncomingMessage: true })).toEqual(EXTENDED);
  });

  it("tells on_assigned only the new messages in its user's chats", () => {
    expect(bodyFor({ onAssigned: true })).toEqual({ assigned_messages: [B.listed] });
  });

  it('tells on_outgoing_message what the inbox sent', () => {
    const sent = { outgoing_messages: [A.listed] };
    expect(bodyFor({ onOutgoingMessage: true }, sent, [NOBODYS])).toEqual(sent);
  });

  it('tells of a message that WhatsApp refused each flag its part, within the chats to be read', () => {
    const refusedIn = (chat: string) => ({
      status: { id: null, getchat_id: `g-${chat}`, recipient_id: chat, status: 'failed' },
      message: { id: `g-${chat}`, customer_wa_id: chat, is_failed: true },
      error: { getchat_id: `g-${chat}`, waba_payload: { errors: [ERROR] } },
    });
    const [first, second] = [refusedIn('491'), refusedIn('492')];
    const refused: ExtendedPayload = {
      statuses: [first.status, second.status],
      outgoing_messages: [first.message, second.message],
      waba_errors: [first.error, second.error],
    };
    const { statuses, ...others } = refused;
    expect(bodyFor({ onIncomingMessage: true }, refused)).toEqual({ statuses });
    expect(bodyFor({ onOutgoingMessage: true }, refused)).toEqual(others);
    const flags = { onIncomingMessage: true, onOutgoingMessage: true };
    expect(bodyFor({ ...flags, canReadChats: 'user' }, refused)).toEqual({
      statuses: [second.status],
      outgoing_messages: [second.message],
      waba_errors: [second.error],
    });
  });

  it('puts the parts of several flags into one body', () => {
    expect(bodyFor({ onIncomingMessage: true, onAssigned: true })).toEqual({
      ...EXTENDED,
      assigned_messages: [B.listed],
    });
  });

  it('tells what was done in the inbox, whatever the flags', () => {
    const done = { chat_assignment: { wa_id: '491' } };
    for (const flags of [{ onAssigned: true }, { onIncomingMessage: true }, {}]) {
      expect(bodyFor(flags, done, [NOBODYS])).toEqual(done);
    }
  });

  it('tells on_assigned what a chat holds that was just assigned', () => {
    const held = { assigned_messages: [B.listed] };
    expect(bodyFor({ onAssigned: true }, held, [OURS])).toEqual(held);
    expect(bodyFor({ onIncomingMessage: true }, held, [OURS])).toBeNull();
  });

  it('has no part that is empty', () => {
    const extended = { contacts: [], messages: [], statuses: [A.status], incoming_messages: [] };
    expect(bodyFor({ onIncomingMessage: true }, extended)).toEqual({ statuses: [A.status] });
  });

  it.each<[string, Partial<Subscription>, ExtendedPayload]>([
    ['no flag asks for what is in it', { onOutgoingMessage: true }, EXTENDED],
    [
      "none of the user's chats has a new message",
      { onAssigned: true },
      { incoming_messages: [A.listed] },
    ],
    ['nothing is new', { onIncomingMessage: true }, {}],
    ['only contacts are left', { onIncomingMessage: true }, { contacts: [A.contact] }],
    [
      'the user may not read its chats',
      { onIncomingMessage: true, onAssigned: true, canReadChats: 'none' },
      { ...EXTENDED, errors: [] },
    ],
    [
      'the user may not read the chat that was written to',
      { onOutgoingMessage: true, canReadChats: 'user' },
      { outgoing_messages: [A.listed] },
    ],
  ])('is not sent where %s', (_promise, subscription, extended) => {
    expect(bodyFor(subscription, extended)).toBeNull();
  });
});

describe('the extended body for a user who may not read every chat', () => {
  it("has only the user's own chats under the scope of the user", () => {
    expect(bodyFor({ onIncomingMessage: true, canReadChats: 'user', groupIds: [3] })).toEqual({
      contacts: [B.contact],
      messages: [B.message],
      statuses: [B.status],
      errors: [ERROR],
      incoming_messages: [B.listed],
    });
  });

  it("has the user's own chats and those of the user's groups under the scope of the group", () => {
    expect(
      bodyFor({ onIncomingMessage: true, canReadChats: 'group', groupIds: [3] }),
    ).toMatchObject({ messages: [B.message, C.message], incoming_messages: [B.listed, C.listed] });
  });

  it('has only errors that belong to no chat where the user may read none', () => {
    expect(bodyFor({ onIncomingMessage: true, canReadChats: 'none' })).toEqual({ errors: [ERROR] });
  });

  it('tells what was done to a chat that may be read before or after it, and what is about none', () => {
    const done = { chat_resolved: { wa_id: '492', resolved: true } };
    const flags = { onIncomingMessage: true, canReadChats: 'user' } as const;
    expect(bodyFor(flags, done, [{ ...OURS, assigned_user_id: 8 }, OURS])).toEqual(done);
    expect(bodyFor(flags, done, [{ ...OURS, assigned_user_id: 8 }])).toBeNull();
    const available = { user_availability: { is_available: true } };
    expect(bodyFor({ ...flags, canReadChats: 'none' }, available, [])).toEqual(available);
  });

  it('has a message whose chat is known under another key than the message names', () => {
    const message = { ...B.message, from: 'US.1349' };
    expect(
      bodyFor(
        { onIncomingMessage: true, canReadChats: 'user' },
        {
          messages: [message],
          incoming_messages: [B.listed],
        },
      ),
    ).toEqual({ messages: [message], incoming_messages: [B.listed] });
  });

  it('leaves out what names no chat, or cannot be read', () => {
    const extended = {
      contacts: [{ profile: {} }, null],
      messages: [{ id: 'wamid.x' }, 'nonsense', {}],
      statuses: [{ id: 'wamid.y', status: 'read' }, 7],
      incoming_messages: [{ id: 'g' }, null, { customer_wa_id: '494' }],
    };
    expect(bodyFor({ onIncomingMessage: true, canReadChats: 'user' }, extended)).toBeNull();
  });
});

describe('what was written in a group', () => {
  const message = { from: '492', group_id: 'group-1', id: 'wamid.g', type: 'text' };
  const status = {
    id: 'wamid.o',
    recipient_id: 'group-1',
    recipient_type: 'group',
    status: 'read',
  };
  const extended = {
    contacts: [B.contact],
    messages: [message],
    statuses: [status],
    incoming_messages: [{ id: 'g', customer_wa_id: 'group-1', waba_payload: message }],
  };
  const only = { onIncomingMessage: true, canReadChats: 'user' } as const;

  it("is for who may read the group's chat, with who wrote it", () => {
    const chats = [{ ...OURS, wa_id: 'group-1' }];
    expect(bodyFor(only, extended, chats)).toEqual(extended);
  });

  it("is not for who may read its writer's private chat alone", () => {
    const chats = [OURS, { ...NOBODYS, wa_id: 'group-1' }];
    expect(bodyFor(only, extended, chats)).toBeNull();
  });
});
