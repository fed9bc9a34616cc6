import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activateUser } from '../support/activate-user.ts';
import { startWorld, type Caller, type Subscriber, type World } from '../support/world.ts';

const ADA = '48500500500';

let world: World;
let admin: Caller;
let bot: Caller & { id: number };
let subscriber: Subscriber;
let tag: number;
let message: string;

beforeAll(async () => {
  world = await startWorld();
  ({ admin } = world);
  const made = await admin.api.createNewUser({
    body: { username: 'bot', profile: { role: 'app' } },
  });
  const { body } = await activateUser(made.activation_url);
  bot = { ...world.caller(String(Reflect.get(body, 'token'))), id: made.id };
  message = await world.write(ADA, { text: 'I would like to order', name: 'Ada' });
  subscriber = await world.subscriber();
  await bot.api.createWabaWebhook({ body: { url: subscriber.url, on_assigned: true } });
});

afterAll(() => world?.close());

/** Forgets what the subscriber has got so far. */
function begin(): void {
  subscriber.received.splice(0);
}

describe('a tag', () => {
  it('is made and listed, and has to have a name', async () => {
    const body = { name: 'VIP', web_inbox_color: '#fa0' };
    const made = await admin.api.createTag({ body });
    expect(admin.status()).toBe(201);
    tag = made.id;
    expect(await bot.api.listTags()).toMatchObject({ count: 1, results: [{ id: tag, ...body }] });
    await expect(admin.api.createTag({ body: { name: ' ' } })).rejects.toMatchObject({
      status: 400,
      body: { name: ['This field may not be blank.'] },
    });
  });

  it('is put on a chat and taken off, and subscribers are told who did it', async () => {
    begin();
    const made = await admin.api.createChatTagging({
      body: { tag, chat: ADA, extra: { why: 'bought a lot' } },
    });
    expect([admin.status(), made]).toMatchObject([201, { tag, chat: ADA }]);
    const again = admin.api.createChatTagging({ body: { tag, chat: ADA } });
    await expect(again).rejects.toMatchObject({ status: 400 });
    const params = { id: made.id };
    expect(await bot.api.retrieveChatTagging({ params })).toEqual(made);
    expect(await admin.api.listChats({ query: { chat_tag_id: tag } })).toMatchObject({
      count: 1,
      results: [{ wa_id: ADA, tags: [{ id: tag, tagging_id: made.id }] }],
    });
    expect(await bot.api.destroyChatTagging({ params })).toBeNull();
    await expect.poll(() => subscriber.with('chat_tagging')).toHaveLength(2);
    expect(subscriber.with('chat_tagging')).toMatchObject([
      { chat_tagging: { action: 'added', chat: ADA, done_by: { username: 'admin' } } },
      { chat_tagging: { action: 'removed', chat: ADA, done_by: { username: 'bot' } } },
    ]);
    const { results } = await admin.api.listChatTaggingEvents({ query: { wa_id: ADA } });
    expect(results.map((event) => ({ chat_tagging: event }))).toEqual(
      subscriber
        .with('chat_tagging')
        .map(({ chat_tagging }) => ({ chat_tagging }))
        .toReversed(),
    );
  });

  it('that is put on a message is put on its chat in the same event', async () => {
    begin();
    const made = await admin.api.createMessageTagging({ body: { tag, message } });
    expect([admin.status(), made]).toMatchObject([201, { tag, message }]);
    const params = { id: made.id };
    expect(await bot.api.retrieveMessageTagging({ params })).toEqual(made);
    await expect
      .poll(() => subscriber.with('message_tagging'))
      .toMatchObject([
        { message_tagging: { action: 'added', message }, chat_tagging: { chat: ADA } },
      ]);
    expect(await admin.api.listMessages({ query: { chat_tag_id: tag } })).toMatchObject({
      results: [{ tags: [{ id: tag }], chat_tags: [{ id: tag }] }],
    });
    expect(await admin.api.destroyMessageTagging({ params })).toBeNull();
    const events = await bot.api.listMessageTaggingEvents({ query: { message_id: message } });
    expect(events.results.map(({ action }) => action)).toEqual(['removed', 'added']);
  });

  it('that is deleted comes off all that it is on, and that is told', async () => {
    begin();
    expect(await admin.api.destroyTag({ params: { id: tag } })).toBeNull();
    await expect
      .poll(() => subscriber.with('chat_tagging'))
      .toMatchObject([{ chat_tagging: { action: 'removed', chat: ADA, tag: { name: 'VIP' } } }]);
    expect((await admin.api.listTags()).count).toBe(0);
    expect(await admin.api.retrieveChat({ params: { wa_id: ADA } })).toMatchObject({ tags: [] });
  });
});

describe('a chat', () => {
  const params = { wa_id: ADA };

  it('is nobody’s at first', async () => {
    expect(await bot.api.retrieveChatAssignment({ params })).toEqual({
      wa_id: ADA,
      assigned_to_user: null,
      assigned_group: null,
    });
  });

  it('that is handed to a bot is told to it, with what the customer wrote', async () => {
    begin();
    const body = { wa_id: ADA, assigned_to_user: bot.id };
    expect(await admin.api.partialUpdateChatAssignment({ params, body })).toMatchObject(body);
    await expect
      .poll(() => subscriber.with('assigned_messages'))
      .toMatchObject([{ assigned_messages: [{ waba_payload: { id: message } }] }]);
    await expect
      .poll(() => subscriber.with('chat_assignment'))
      .toMatchObject([
        {
          chat_assignment: {
            wa_id: ADA,
            assigned_to_user_set: { id: bot.id },
            done_by: { username: 'admin' },
          },
        },
      ]);
    const mine = await bot.api.listChats({ query: { assigned_to_me: true } });
    expect(mine.results).toMatchObject([{ wa_id: ADA, assigned_to_user: { id: bot.id } }]);
  });

  it('tells the bot what the customer writes from then on', async () => {
    begin();
    const next = await world.write(ADA, { text: 'Two of them' });
    await expect
      .poll(() => subscriber.with('assigned_messages'))
      .toMatchObject([{ assigned_messages: [{ waba_payload: { id: next } }] }]);
  });

  it('is taken from the bot and given to a group at once, and its history says so', async () => {
    const [group] = (await admin.api.listGroups()).results;
    const body = { wa_id: ADA, assigned_to_user: null, assigned_group: group?.id ?? 0 };
    expect(await bot.api.updateChatAssignment({ params, body })).toEqual(body);
    const { results } = await admin.api.listChatAssignmentEvents({ query: params });
    expect(results).toMatchObject([
      {
        assigned_to_user_set: null,
        assigned_to_user_was_cleared: true,
        assigned_group_set: group,
        done_by: { username: 'bot' },
      },
      { assigned_to_user_set: { id: bot.id }, done_by: { username: 'admin' } },
    ]);
    const unknown = admin.api.partialUpdateChatAssignment({
      params,
      body: { assigned_to_user: 99 },
    });
    await expect(unknown).rejects.toMatchObject({
      status: 400,
      body: { assigned_to_user: [expect.any(String)] },
    });
  });
});
