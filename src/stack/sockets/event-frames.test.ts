import { describe, expect, it } from 'vitest';
import { framesFor, type ShownEvent } from './event-frames.ts';

const OWN = { wa_id: '1', assigned_user_id: 7, assigned_group_id: null };
const FOREIGN = { wa_id: '2', assigned_user_id: 8, assigned_group_id: null };
const ASSIGNEE = { userId: 7, isAdmin: false, canReadChats: 'user', groupIds: [] } as const;
const EVERYBODY = { userId: 1, isAdmin: true, canReadChats: 'all', groupIds: [] } as const;

function message(from: string): object {
  return { from, id: `wamid.${from}`, timestamp: '1', type: 'text', text: { body: `of ${from}` } };
}

/** A body with the messages of 1 and 2, of which `fresh` are new. */
function event(fresh: (typeof OWN)[], number = '15550000001'): ShownEvent {
  const metadata = { display_phone_number: number, phone_number_id: '9' };
  const value = { metadata, messages: [message('1'), message('2')] };
  const changes = [
    { field: 'messages', value },
    { field: 'account_update', value: { event: 'SECRET_RESTRICTION' } },
  ];
  const listed = fresh.map(({ wa_id }) => ({
    customer_wa_id: wa_id,
    waba_payload: message(wa_id),
  }));
  return {
    seq: 3,
    kind: 'waba',
    chats: fresh,
    body: JSON.stringify({ object: 'whatsapp_business_account', entry: [{ changes }] }),
    extended: { messages: fresh.map(({ wa_id }) => message(wa_id)), incoming_messages: listed },
  };
}

describe('the frames of an event', () => {
  it("give WABA's own bytes to whoever may read all chats", () => {
    const [frame = ''] = framesFor(EVERYBODY, event([OWN, FOREIGN]));
    expect(frame).toContain('"of 1"');
    expect(frame).toContain('SECRET_RESTRICTION');
    expect(JSON.parse(frame)).toMatchObject({ type: 'waba_webhook', sequence: 3 });
  });

  it.each([
    ['all that is new is theirs to read', [OWN]],
    ['some of what is new is', [OWN, FOREIGN]],
  ])('give nothing of other chats or the account to someone else, where %s', (_name, fresh) => {
    const [frame = ''] = framesFor(ASSIGNEE, event(fresh));
    expect(frame).toContain('of 1');
    expect(frame).not.toContain('of 2');
    expect(frame).not.toContain('SECRET_RESTRICTION');
  });

  it('tell why WhatsApp refused a message whoever may read its chat', () => {
    const errors = [{ code: 131_026, title: 'Undeliverable', details: 'Not on WhatsApp' }];
    const refusedIn = (chat: string) => ({
      statuses: { id: null, getchat_id: chat, recipient_id: chat, status: 'failed', errors },
      outgoing_messages: { id: chat, customer_wa_id: chat, waba_payload: { errors } },
      waba_errors: { getchat_id: chat, waba_payload: { errors } },
    });
    const parts = ['1', '2'].map(refusedIn);
    const told: ShownEvent = {
      seq: 4,
      kind: 'failure',
      chats: [OWN, FOREIGN],
      body: null,
      extended: {
        statuses: parts.map(({ statuses }) => statuses),
        outgoing_messages: parts.map(({ outgoing_messages }) => outgoing_messages),
        waba_errors: parts.map(({ waba_errors }) => waba_errors),
      },
    };
    const frames = framesFor(ASSIGNEE, told).map((frame) => JSON.parse(frame));
    expect(frames.map(({ type }) => type)).toEqual(['waba_webhook', 'getchat_webhook']);
    for (const { waba_payload } of frames) {
      expect(waba_payload).toEqual({
        statuses: [parts[0]?.statuses],
        outgoing_messages: [parts[0]?.outgoing_messages],
        waba_errors: [parts[0]?.waba_errors],
      });
    }
    expect(JSON.parse(framesFor(EVERYBODY, told)[0] ?? '')).toMatchObject({
      waba_payload: told.extended,
    });
  });

  it('tell of a webhook that was disabled its owner and the admins, nobody else', () => {
    const disabled = { id: 3, user: { id: 7, username: 'ann' }, url: 'https://x/secret' };
    const told: ShownEvent = {
      seq: 4,
      kind: 'webhook',
      chats: [],
      body: null,
      extended: { disabled_webhooks: [disabled] },
    };
    for (const viewer of [ASSIGNEE, EVERYBODY]) {
      expect(framesFor(viewer, told).map((frame): unknown => JSON.parse(frame))).toContainEqual({
        type: 'getchat_webhook',
        sequence: 4,
        waba_payload: { disabled_webhooks: [disabled] },
      });
    }
    const others = { ...EVERYBODY, userId: 9, isAdmin: false };
    expect(framesFor(others, told)).toEqual([]);
  });

  it('tell what was done to a chat whoever may read it, in both types', () => {
    const payload = { chat_assignment: { wa_id: '1', assigned_to_user_was_cleared: true } };
    const done: ShownEvent = {
      seq: 5,
      kind: 'assignment',
      chats: [OWN],
      body: null,
      extended: payload,
    };
    for (const viewer of [ASSIGNEE, EVERYBODY]) {
      expect(framesFor(viewer, done).map((frame): unknown => JSON.parse(frame))).toEqual([
        { type: 'waba_webhook', sequence: 5, waba_payload: payload },
        { type: 'getchat_webhook', sequence: 5, waba_payload: payload },
      ]);
    }
    expect(framesFor(ASSIGNEE, { ...done, chats: [FOREIGN] })).toEqual([]);
  });

  it('tell what a chat holds that was just assigned only whom it was assigned to', () => {
    const extended = { assigned_messages: [{ customer_wa_id: '1' }] };
    const held: ShownEvent = { seq: 6, kind: 'assigned', chats: [OWN], body: null, extended };
    expect(framesFor(ASSIGNEE, held)).toHaveLength(2);
    expect(framesFor(EVERYBODY, held)).toEqual([]);
  });

  const file = { id: '9' };
  const linkedFile = { ...file, link: 'https://x/file' };
  it.each([
    ['a message', { type: 'image', image: file }, { type: 'image', image: linkedFile }],
    [
      'an edit',
      { type: 'edit', edit: { message: { type: 'image', image: file } } },
      { type: 'edit', edit: { message: { type: 'image', image: linkedFile } } },
    ],
  ])('have the link to the file of %s in the envelope of someone else, too', (_, sent, shown) => {
    const image = { id: 'wamid.1', ...sent };
    const linked = { id: 'wamid.1', ...shown };
    const [frame = ''] = framesFor(ASSIGNEE, {
      ...event([OWN]),
      extended: {
        messages: [image],
        incoming_messages: [{ customer_wa_id: '1', waba_payload: linked }],
      },
    });
    const { waba_payload: payload } = JSON.parse(frame);
    expect(payload.entry[0].changes[0].value.messages).toEqual([linked]);
    expect(payload.messages).toEqual([image]);
  });

  it.each([
    ['may read all chats', { ...ASSIGNEE, canReadChats: 'all' } as const],
    ['may read their own', ASSIGNEE],
  ])('have the new messages of chats that are assigned to who %s', (_name, viewer) => {
    const [frame = ''] = framesFor(viewer, event([OWN, FOREIGN]));
    expect(JSON.parse(frame)).toMatchObject({
      waba_payload: { assigned_messages: [{ customer_wa_id: '1' }] },
    });
  });

  it.each([
    ['nothing is assigned', EVERYBODY, event([OWN])],
    ['they are of chats of others', ASSIGNEE, event([FOREIGN])],
  ])('have no assigned messages where %s', (_name, viewer, told) => {
    expect(framesFor(viewer, told).join('')).not.toContain('assigned_messages');
  });

  it('are none where nothing new is theirs', () => {
    expect(framesFor(ASSIGNEE, event([FOREIGN]))).toEqual([]);
  });

  it('name the number, however it is spelled', () => {
    const [frame = ''] = framesFor(ASSIGNEE, event([OWN], '1}"{'));
    expect(JSON.parse(frame)).toMatchObject({
      waba_payload: {
        entry: [{ changes: [{ value: { metadata: { display_phone_number: '1}"{' } } }] }],
      },
    });
  });
});
