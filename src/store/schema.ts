import { sql } from 'drizzle-orm';
import {
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import { DIALECTS } from '../dialect-names.ts';

/**
 * The tables of one stack. A stack has a database of its own, so no table has a stack column and no
 * query can leak across stacks. Keys are snake_case like the columns, so that a row type is the shape
 * that a query returns.
 *
 * An index costs one more written row each time its columns change, and a written row costs a thousand
 * times a read one (Cloudflare's D1 pricing), so every index names the query that needs it. Times are
 * integers: `*_at` in milliseconds, `timestamp` in seconds as WhatsApp gives them.
 */

/** The groups of the inbox; the three that the service ships are inserted by the first migration. */
export const groups = sqliteTable('groups', {
  id: integer().primaryKey(),
  name: text().notNull(),
});

/** People and apps that may sign in. Deactivated, never deleted: their messages still name them. */
export const users = sqliteTable('users', {
  id: integer().primaryKey(),
  username: text().notNull().unique(),
  first_name: text().notNull().default(''),
  last_name: text().notNull().default(''),
  email: text().notNull().default(''),
  role: text({ enum: ['admin', 'user', 'app'] }).notNull(),
  is_active: integer().notNull().default(0),
  /** What the user says: whether chats may be given to them now. */
  is_available: integer().notNull().default(1),
  can_use_tags: integer().notNull().default(1),
  can_read_chats: text({ enum: ['all', 'group', 'user', 'none'] })
    .notNull()
    .default('all'),
  can_write_to_chats: text({ enum: ['all', 'group', 'user', 'none'] })
    .notNull()
    .default('all'),
  /** scrypt, see auth/password.ts; null where no password was ever set. */
  password_hash: text(),
  /** The API token is derived from this and the stack's secret key; a new nonce resets it. */
  token_nonce: text().notNull(),
  /** SHA-256 of the API token: finds its user without being able to give the token away. */
  token_hash: text().notNull().unique(),
  /** SHA-256 of the one-time activation code; null once used. */
  activation_hash: text().unique(),
  /** The refresh token is derived from this and the other nonce; a new nonce resets it. */
  refresh_nonce: text().notNull().default(''),
  created_at: integer().notNull(),
});

/** Browsers that are signed in. What ends a session before its time is in auth/session.ts. */
export const sessions = sqliteTable(
  'sessions',
  {
    /** SHA-256 of the cookie. */
    id_hash: text().primaryKey(),
    user_id: integer().notNull(),
    /** Derived from the user's password and token: with another one of either the session is over. */
    mark: text().notNull(),
    expires_at: integer().notNull(),
  },
  // What a user has open, to be bounded and ended.
  (table) => [index('sessions_by_user').on(table.user_id, table.expires_at)],
);

/** How often signing in failed of late; auth/login-guard.ts says what a bucket is. */
export const login_counts = sqliteTable('login_counts', {
  bucket: integer().primaryKey(),
  count: integer().notNull(),
  ends_at: integer().notNull(),
});

export const user_groups = sqliteTable(
  'user_groups',
  {
    user_id: integer().notNull(),
    group_id: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.user_id, table.group_id] })],
);

/** One row per customer: the person, the chat with them, and the chat's counters. */
export const chats = sqliteTable(
  'chats',
  {
    /** Row number: the key of the search index. */
    n: integer().primaryKey(),
    /** A phone number in digits, or a business-scoped user id where WhatsApp shows no number. */
    wa_id: text().notNull().unique(),
    /** The business-scoped user id, once known. */
    user_id: text(),
    name: text().notNull().default(''),
    /** The contact as WhatsApp sent it last: `{"profile":{"name":…},"wa_id":…}`. */
    contact: text().notNull(),
    /** Seconds; of the last message from the customer: the 24-hour window counts from here. */
    last_incoming: integer(),
    /** Seconds; of the last message either way; null where none was exchanged yet. */
    last_message: integer(),
    /** Seconds; of the first message either way that we know of. */
    first_message: integer(),
    /** What the customer came from last, in `referrals`; null where nothing is known. */
    referral_id: integer(),
    /** Seconds; of the last message that named where its writer came from. */
    last_referral: integer(),
    /** How many messages the customer has sent: the newest one's ordinal. */
    inbound_count: integer().notNull().default(0),
    message_count: integer().notNull().default(0),
    assigned_user_id: integer(),
    assigned_group_id: integer(),
    /** Milliseconds; since when WhatsApp keeps the customer's messages from us. */
    blocked_at: integer(),
    /** Milliseconds; when one of us reported the customer last. */
    reported_at: integer(),
    /** 1 once someone said that nothing is left to do; 0 again with the customer's next message. */
    resolved: integer().notNull().default(0),
    /** `group`: a WhatsApp group, whose id is the key; null for a customer. */
    kind: text({ enum: ['group'] }),
    /** What the business calls the customer in its phone's contacts; null where it does not. */
    saved_name: text(),
  },
  (table) => [
    // GET /chats/ and /persons/, newest first.
    index('chats_by_last_message').on(table.last_message, table.wa_id),
    // A message without a number finds its chat.
    uniqueIndex('chats_by_user_id')
      .on(table.user_id)
      .where(sql`user_id is not null`),
    // The lists of someone who may read only what is assigned to them or to their groups.
    index('chats_by_assigned_user')
      .on(table.assigned_user_id, table.last_message)
      .where(sql`assigned_user_id is not null`),
    index('chats_by_assigned_group')
      .on(table.assigned_group_id, table.last_message)
      .where(sql`assigned_group_id is not null`),
    // GET /chats/?messages_before_time=; written once per chat.
    index('chats_by_first_message').on(table.first_message),
    // GET /chats/?message_referral_…=; costs a row per message of those who came from an ad.
    index('chats_by_referral')
      .on(table.referral_id, table.last_message)
      .where(sql`referral_id is not null`),
    // GET /chats/?blocked= and ?reported=, and GET /contacts/blocked/.
    index('chats_blocked')
      .on(table.last_message, table.wa_id)
      .where(sql`blocked_at is not null`),
    index('chats_reported')
      .on(table.last_message, table.wa_id)
      .where(sql`reported_at is not null`),
  ],
);

/**
 * Numbers by which customers are dialled although WhatsApp knows them by another: which chat each leads
 * to. A row is written when WhatsApp says so, and none for whom it knows by the number that was dialled.
 */
export const chat_aliases = sqliteTable(
  'chat_aliases',
  {
    /** In digits. No chat has it as its key. */
    alias: text().primaryKey(),
    /** The key of the chat. */
    chat: text().notNull(),
  },
  // All names of a chat: what search finds it by, and what goes with it.
  (table) => [index('chat_aliases_by_chat').on(table.chat)],
);

/**
 * What customers came from: ads and posts, as their messages' `referral` describes them. Each set of
 * values once, however many came by it, so that a message writes no row of its own here.
 */
export const referrals = sqliteTable(
  'referrals',
  {
    id: integer().primaryKey(),
    /** The six values (JSON array). */
    key: text().notNull().unique(),
    source_url: text(),
    source_id: text(),
    source_type: text(),
    headline: text(),
    body: text(),
    media_type: text(),
  },
  (table) => [
    // The filters of GET /chats/ that pick few of them.
    index('referrals_by_source_id').on(table.source_id),
    index('referrals_by_headline').on(table.headline),
    index('referrals_by_body').on(table.body),
  ],
);

export const messages = sqliteTable(
  'messages',
  {
    /** Row number: ties of equal timestamps. Part of its key in the search index, see inbox/messages/search-text.ts. */
    n: integer().primaryKey(),
    /** Our id (getchat_id), a UUID. */
    id: text().notNull().unique(),
    /** WhatsApp's id; null until WABA has accepted an outgoing message. */
    waba_id: text().unique(),
    chat: text().notNull(),
    from_us: integer().notNull(),
    type: text().notNull(),
    /** Seconds. */
    timestamp: integer().notNull(),
    /** Position among the customer's messages, from 1; null for outgoing ones. */
    ordinal: integer(),
    /** The message as WhatsApp sent it, or as we send it (JSON). */
    payload: text().notNull(),
    /** What search looks through; null where the message has no text. */
    search_text: text(),
    sender_id: integer(),
    /** The file in the message, in `media`. */
    media_id: text(),
    /** Seconds, from the statuses. */
    sent: real(),
    delivered: real(),
    read: real(),
    /** 1 when WhatsApp or WABA refused it for good. */
    is_failed: integer().notNull().default(0),
    /** Why, as WhatsApp said it (JSON array); it counts while `is_failed` does. */
    errors: text(),
    /** The caller's own `biz_opaque_callback_data`, which ours takes the place of on the wire. */
    callback_data: text(),
    /** Who wrote it in a group: their number, or user id where WhatsApp shows none; null outside groups. */
    participant: text(),
    /** The name that came with it. */
    participant_name: text(),
    /** WhatsApp's id of the message that it edits or revokes. */
    refers_to: text(),
    /** What the newest edit says (JSON, see inbox/messages/present-message.ts); of an edit, until its message has it. */
    edited: text(),
    /** Seconds; when its writer edited it last. */
    edited_at: integer(),
    /** 1 once its writer revoked it. */
    is_deleted: integer().notNull().default(0),
    /** What did not go through the API: written in the WhatsApp Business app, or before we were there. */
    origin: text({ enum: ['business_app', 'history'] }),
    /** Of what was sent through a dialect: by which, and what its caller said of it (JSON, see inbox/messages/origins.ts). */
    api_origin: text(),
  },
  (table) => [
    // GET /messages/?wa_id=, with or without `from_us`, and the last message of a chat: the newer of two.
    index('messages_by_chat').on(table.chat, table.from_us, table.timestamp, table.n),
    // GET /messages/ over the whole inbox, likewise; and what a match of the search index is.
    index('messages_by_side').on(table.from_us, table.timestamp, table.n),
    // Whether someone may fetch a file: may they read a message that it is in?
    index('messages_by_media')
      .on(table.media_id)
      .where(sql`media_id is not null`),
    // The edits and revocations of a message, which may come before it.
    index('messages_by_original')
      .on(table.refers_to)
      .where(sql`refers_to is not null`),
    // What somebody wrote in groups, to be erased.
    index('messages_by_participant')
      .on(table.participant)
      .where(sql`participant is not null`),
  ],
);

/** What WhatsApp told of its groups. Each value goes with the time (seconds) of the newest word of it. */
export const whatsapp_groups = sqliteTable('whatsapp_groups', {
  /** The group's id, which is its chat's key. */
  chat: text().primaryKey(),
  subject: text(),
  subject_at: integer(),
  description: text(),
  description_at: integer(),
  invite_link: text(),
  join_approval_mode: text(),
  is_suspended: integer().notNull().default(0),
  suspended_at: integer(),
  deleted_at: integer(),
});

/** Who is in a WhatsApp group, and who was. */
export const group_participants = sqliteTable(
  'group_participants',
  {
    chat: text().notNull(),
    /** A number, or a user id where WhatsApp shows none. */
    participant: text().notNull(),
    user_id: text(),
    is_member: integer().notNull(),
    /** Seconds; of the newest word of it. */
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.chat, table.participant] })],
);

/** Names that users put on chats and messages. Never removed: the history still shows them. */
export const tags = sqliteTable(
  'tags',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    name: text().notNull(),
    web_inbox_color: text(),
    /** `deleting`: nobody sees it any more, its taggings are being removed step by step. */
    state: text({ enum: ['live', 'deleting', 'deleted'] })
      .notNull()
      .default('live'),
    /** Who deleted it: the history of its taggings says so. */
    deleted_by: integer(),
  },
  (table) => [
    // GET /tags/, a search through the names, and what is being deleted.
    index('tags_by_state').on(table.state, table.id),
  ],
);

/** Which chats are tagged with what. */
export const chat_taggings = sqliteTable(
  'chat_taggings',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    tag_id: integer().notNull(),
    chat: text().notNull(),
    /** What its maker wanted to remember (JSON object). */
    extra: text(),
    /** As in the chat's row: a trigger there keeps it the same, whoever writes a message. */
    last_message: integer(),
  },
  (table) => [
    // The tags of a chat; each once.
    uniqueIndex('chat_taggings_by_chat').on(table.chat, table.tag_id),
    // The lists of a tag's chats, newest first.
    index('chat_taggings_by_tag').on(table.tag_id, table.last_message, table.chat),
  ],
);

/** Which messages are tagged with what. */
export const message_taggings = sqliteTable(
  'message_taggings',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    tag_id: integer().notNull(),
    /** Our id of the message. */
    message: text().notNull(),
    extra: text(),
    /** The message's own. */
    timestamp: integer().notNull(),
  },
  (table) => [
    // The tags of a message; each once.
    uniqueIndex('message_taggings_by_message').on(table.message, table.tag_id),
    // A search for a tag's name, newest first.
    index('message_taggings_by_tag').on(table.tag_id, table.timestamp),
  ],
);

/** Who tagged what when, or removed a tag: of a chat where `message` is null, else of that message. */
export const tagging_events = sqliteTable(
  'tagging_events',
  {
    id: integer().primaryKey(),
    chat: text().notNull(),
    /** Our id of the message. */
    message: text(),
    tag_id: integer().notNull(),
    action: text({ enum: ['added', 'removed'] }).notNull(),
    extra: text(),
    user_id: integer().notNull(),
    /** Seconds. */
    timestamp: integer().notNull(),
  },
  (table) => [
    // GET /chat_tagging_events/, of a chat and of all.
    index('tagging_events_of_chat')
      .on(table.chat, table.timestamp)
      .where(sql`message is null`),
    index('tagging_events_of_chats')
      .on(table.timestamp)
      .where(sql`message is null`),
    // GET /message_tagging_events/, of a message, of a chat's messages and of all.
    index('tagging_events_of_message')
      .on(table.message, table.timestamp)
      .where(sql`message is not null`),
    index('tagging_events_of_chat_messages')
      .on(table.chat, table.timestamp)
      .where(sql`message is not null`),
    index('tagging_events_of_messages')
      .on(table.timestamp)
      .where(sql`message is not null`),
  ],
);

/** Who gave which chat to whom, and when. */
export const assignment_events = sqliteTable(
  'assignment_events',
  {
    /** Ties of equal timestamps. */
    n: integer().primaryKey(),
    chat: text().notNull(),
    /** Seconds. */
    timestamp: integer().notNull(),
    /** Whom it was given to; null where that stayed as it was, or where it was taken away. */
    user_set: integer(),
    user_was_cleared: integer().notNull(),
    group_set: integer(),
    group_was_cleared: integer().notNull(),
    done_by: integer().notNull(),
  },
  (table) => [
    // GET /chat_assignment_events/?wa_id= and without it.
    index('assignment_events_by_chat').on(table.chat, table.timestamp, table.n),
    index('assignment_events_by_time').on(table.timestamp, table.n),
  ],
);

/** Texts that people send often. There are few, so that they can be read through. */
export const saved_responses = sqliteTable('saved_responses', {
  id: integer().primaryKey({ autoIncrement: true }),
  text: text().notNull(),
  user_id: integer().notNull(),
  created_at: integer().notNull(),
});

/** Each status once: duplicates are known by (message, status, participant). */
export const statuses = sqliteTable(
  'statuses',
  {
    waba_id: text().notNull(),
    status: text().notNull(),
    /** The group member it is about; empty outside groups. */
    participant: text().notNull().default(''),
    timestamp: integer().notNull(),
    payload: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.waba_id, table.status, table.participant] })],
);

/** What happened, in order. What an event says is fixed when it is written. */
export const events = sqliteTable(
  'events',
  {
    /** The sequence number. Without gaps, because a rolled back insert gives its number back. */
    seq: integer().primaryKey(),
    /** A UUID; the first half of each delivery's `webhook-id`. */
    id: text().notNull(),
    kind: text({
      enum: [
        'waba',
        'outgoing',
        'failure',
        'webhook',
        'assignment',
        'assigned',
        'resolved',
        'availability',
        'tagging',
      ],
    }).notNull(),
    created_at: integer().notNull(),
    /** 1 while a subscriber may still have to be told; null afterwards. */
    open: integer(),
    /** Milliseconds; when an invocation took it up that somebody else may have been rung for, too. */
    taken_at: integer(),
    /** The body as it is forwarded; null where it lies in R2 or there is none. */
    body: text(),
    /** The get.chat shape of what is new in it (JSON); null where it lies in R2. */
    extended: text(),
    in_r2: integer().notNull().default(0),
    /** Signature headers that came with an unchanged body (JSON). */
    headers: text(),
    /** Which `fields` are in it (JSON array). */
    fields: text().notNull(),
    /** The chats it is about, with whom they were assigned to (JSON array). */
    chats: text().notNull(),
    /** The ids of the incoming messages in it (JSON array). */
    incoming: text().notNull(),
    /** SHA-256 of a body without item ids; duplicates of such a body are known by it for eight days. */
    digest: text(),
    /** Its deliveries that succeeded at the first try, the log row they share (JSON array of Receipt). */
    receipts: text(),
  },
  (table) => [
    // What the Stack object rings again.
    index('events_open')
      .on(table.seq)
      .where(sql`open = 1`),
    uniqueIndex('events_by_digest')
      .on(table.digest)
      .where(sql`digest is not null`),
  ],
);

export const webhooks = sqliteTable(
  'webhooks',
  {
    /** Never used twice: a late answer for one that was deleted must not hit another. */
    id: integer().primaryKey({ autoIncrement: true }),
    user_id: integer().notNull(),
    url: text().notNull(),
    on_incoming_message: integer().notNull().default(0),
    on_outgoing_message: integer().notNull().default(0),
    on_assigned: integer().notNull().default(0),
    on_cloud_api: integer().notNull().default(0),
    on_webhook_disabled: integer().notNull().default(0),
    /** Filter of `on_cloud_api` (JSON array); null takes everything. */
    fields: text(),
    /** Header names and values, encrypted (JSON inside). */
    headers: text().notNull(),
    /** The signing secret, encrypted. */
    secret: text().notNull(),
    /** The one before, which signs beside it until its grace is over (milliseconds). */
    old_secret: text(),
    old_secret_until: integer(),
    /** What `on_cloud_api` bodies are signed with as Meta signs, encrypted; null where they are not. */
    app_secret: text(),
    /** Whose shapes it gets its events in, and from whose surface it was made. */
    dialect: text({ enum: DIALECTS }).notNull().default('getchat'),
    /** What of its dialect it takes, by that dialect's own names (JSON array); null for `getchat`, which has the columns above. */
    dialect_events: text(),
    /** A credential that its dialect sends with each request, encrypted; null where there is none. */
    dialect_key: text(),
    /** What its dialect calls by a name of its own: the id of a client, a messenger type; null where there is nothing. */
    dialect_ref: text(),
    /** Which schedule of attempts it has. */
    schedule: text({ enum: ['default', 'short', 'long'] })
      .notNull()
      .default('default'),
    /** `chat`: the events of a chat are delivered in order, one at a time. */
    ordering: text({ enum: ['none', 'chat'] })
      .notNull()
      .default('none'),
    /** At most so many attempts per second or minute; null for no limit. */
    rate_limit: integer(),
    rate_limit_per: text({ enum: ['second', 'minute'] })
      .notNull()
      .default('second'),
    /** When the latest attempts under that limit ended (JSON, see delivery/rate-window.ts). */
    rate_window: text(),
    /** 0 after a 410 or when its owner paused it; until it is enabled again. */
    is_enabled: integer().notNull().default(1),
    /** Why we disabled it; null where its owner did. */
    disabled_reason: text(),
    /** While it is disabled: the last event before those that it misses. */
    missed_after: integer(),
    /** The last event before it was made: it gets only later ones. */
    since_seq: integer().notNull(),
    /** When it left the fast lane (hanging or failing); null while it answers. */
    slow_since: integer(),
    /** Milliseconds; the slow lane does not take it up before: its breaker is open, or its rate used up. */
    probe_at: integer(),
    /** Milliseconds; until then somebody has its turn, unless they died. */
    turn_until: integer(),
    /** When its breaker opened; null while it is closed. */
    breaker_opened_at: integer(),
    /** When it closed the last time: what was before is not held against it. */
    breaker_closed_at: integer(),
    /** When the first attempt failed after the last success; null while it answers with success. */
    failing_since: integer(),
    last_error: text(),
    last_error_at: integer(),
    created_at: integer().notNull(),
  },
  (table) => [
    // GET /webhooks/waba/ for someone who sees only their own.
    index('webhooks_by_user').on(table.user_id),
    // Whether there is one of another dialect: asked with every event, and free where there is none.
    index('webhooks_of_dialects')
      .on(table.dialect)
      .where(sql`dialect != 'getchat'`),
  ],
);

/** Why an attempt got no answer of the receiver's: see outbound/failure-class.ts. */
export const ATTEMPT_ERRORS = [
  'timeout',
  'dns',
  'refused',
  'reset',
  'tls',
  'connection',
  'refused_url',
] as const;

/** Deliveries that did not succeed at the first try of the fast lane. Those that did are receipts of their event. */
export const deliveries = sqliteTable(
  'deliveries',
  {
    webhook_id: integer().notNull(),
    seq: integer().notNull(),
    state: text({ enum: ['due', 'delivered', 'dead', 'dropped'] }).notNull(),
    attempts: integer().notNull(),
    /** Milliseconds; while an attempt is in flight, when it is given up as lost. */
    next_at: integer().notNull(),
    /** A sentence for the webhook's owner; null where nothing failed. */
    last_error: text(),
    /** Of the latest attempt: when it began, the HTTP status, the class of the error, how long it took. */
    attempted_at: integer(),
    status: integer(),
    error: text({ enum: [...ATTEMPT_ERRORS, 'lost', 'poison'] }),
    latency_ms: integer(),
    /** The replay that made it due (again). */
    replay_id: integer(),
    /** Which of its parts is to be sent next, from 0: those before it have arrived. */
    part: integer().notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.webhook_id, table.seq] }),
    // What the Stack object rings, and what a run of the slow lane takes on.
    index('deliveries_due')
      .on(table.webhook_id, table.next_at)
      .where(sql`state = 'due'`),
    // The log over all webhooks; pruning and erasing by event.
    index('deliveries_by_seq').on(table.seq),
    // The progress of a replay.
    index('deliveries_by_replay')
      .on(table.replay_id, table.state)
      .where(sql`replay_id is not null`),
  ],
);

/** Every attempt of a delivery that has a row, failed or not. */
export const attempts = sqliteTable(
  'attempts',
  {
    /**
     * In the order of writing: what is oldest is pruned first, what is new is added to the totals. The
     * newest row is never pruned, or its number would be given out again.
     */
    n: integer().primaryKey(),
    seq: integer().notNull(),
    webhook_id: integer().notNull(),
    /** Milliseconds; when it began. */
    at: integer().notNull(),
    /** From 1; begins anew when the delivery is retried by hand or replayed. */
    number: integer().notNull(),
    /** The HTTP status, also of an answer that did not come to its end. */
    status: integer(),
    /** Why it is no answer of the receiver's; null where it is. */
    error: text({ enum: ATTEMPT_ERRORS }),
    latency_ms: integer().notNull(),
    /** Names and values (JSON object), secrets masked. */
    request_headers: text().notNull(),
    /** Null where there was no answer. */
    response_headers: text(),
    /** The first 16 KiB of the answer as text, our secrets masked. */
    response_body: text(),
    replay_id: integer(),
    /** Which of its delivery's parts it sent. */
    part: integer().notNull().default(0),
  },
  (table) => [
    // The attempts of one delivery; an attempt that is written twice is one row.
    uniqueIndex('attempts_by_delivery').on(table.seq, table.webhook_id, table.at),
    // How a webhook fared in the last minute: its breaker.
    index('attempts_by_webhook').on(table.webhook_id, table.at),
  ],
);

/** What a webhook with `ordering: chat` has still to get, by chat: the first of each chat may go. */
export const chat_queue = sqliteTable(
  'chat_queue',
  {
    webhook_id: integer().notNull(),
    chat: text().notNull(),
    seq: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.webhook_id, table.chat, table.seq] }),
    // The chats of one delivery.
    index('chat_queue_by_seq').on(table.seq, table.webhook_id),
  ],
);

/** Past events on their way to a webhook (again): by someone's call, or since it was enabled again. */
export const replays = sqliteTable(
  'replays',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    webhook_id: integer().notNull(),
    user_id: integer().notNull(),
    state: text({ enum: ['running', 'paused', 'done', 'cancelled'] }).notNull(),
    /** What of the range is wanted (JSON, see webhooks/replays/replay-filter.ts). */
    filter: text().notNull(),
    /** Events up to this one are done with; the replay ends at `until_seq`. */
    cursor_seq: integer().notNull(),
    until_seq: integer().notNull(),
    /** How many deliveries it was to make when it began; how many it has made due. */
    total: integer().notNull(),
    queued: integer().notNull().default(0),
    per_second: integer().notNull(),
    /** Milliseconds; when its next step is due. */
    next_at: integer().notNull(),
    created_at: integer().notNull(),
    ended_at: integer(),
  },
  (table) => [
    // GET /webhooks/waba/{id}/replays/, newest first.
    index('replays_by_webhook').on(table.webhook_id, table.id),
    // What the Stack object rings.
    index('replays_running')
      .on(table.next_at)
      .where(sql`state = 'running'`),
  ],
);

/** Doorbells and rows that we failed on time and again: faults of our own, for an admin to drive again. */
export const dead_letters = sqliteTable('dead_letters', {
  id: integer().primaryKey({ autoIncrement: true }),
  /** The doorbell (JSON). */
  message: text().notNull().unique(),
  error: text().notNull(),
  created_at: integer().notNull(),
});

/** How a webhook has fared since it was made, added up from receipts and attempts now and then. */
export const webhook_totals = sqliteTable('webhook_totals', {
  webhook_id: integer().primaryKey(),
  delivered: integer().notNull().default(0),
  failed: integer().notNull().default(0),
  /** Milliseconds: how long all attempts took, and how many at most so long, each in the first that fits. */
  latency_ms: integer().notNull().default(0),
  le_50: integer().notNull().default(0),
  le_100: integer().notNull().default(0),
  le_250: integer().notNull().default(0),
  le_500: integer().notNull().default(0),
  le_1000: integer().notNull().default(0),
  le_2500: integer().notNull().default(0),
  le_5000: integer().notNull().default(0),
  le_15000: integer().notNull().default(0),
});

/** Customers who are being erased. The row goes when nothing of them is left. */
export const erasures = sqliteTable('erasures', {
  chat: text().primaryKey(),
  /** Events up to this one are done with; what comes after `until_seq` is of a new acquaintance. */
  cursor_seq: integer().notNull(),
  until_seq: integer().notNull(),
  created_at: integer().notNull(),
});

/** Up to which of a chat's incoming messages a user has received. */
export const marks = sqliteTable(
  'marks',
  {
    user_id: integer().notNull(),
    chat: text().notNull(),
    ordinal: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.user_id, table.chat] })],
);

/**
 * The chats that a user has something to receive in, as far as they were looked at. Brought up to date
 * when someone asks for them, so that nothing is written per user when a message comes in.
 */
export const unread_views = sqliteTable('unread_views', {
  user_id: integer().primaryKey(),
  /** The row number of the last message that was looked at. */
  through_n: integer().notNull(),
  /** Of the chats that were there before, those with lower row numbers were not looked at yet. */
  looked_n: integer().notNull().default(0),
  /** The row numbers of the chats (JSON array); null where they were too many to keep. */
  chats: text(),
});

/** Messages waiting to be sent to WABA, in order. A row leaves when its outcome is known. */
export const outbox = sqliteTable('outbox', {
  /** The row number of the message. */
  n: integer().primaryKey(),
  chat: text().notNull(),
  /** Milliseconds; when the attempt under way began. Set before the request leaves. */
  attempted_at: integer(),
  attempts: integer().notNull().default(0),
  /** Milliseconds; not to be tried before. */
  next_at: integer().notNull().default(0),
});

/** Why WhatsApp takes no message of the number's account at all; one row while it does not, else none. */
export const outbox_pause = sqliteTable('outbox_pause', {
  /** Always 1. */
  id: integer().primaryKey(),
  /** The error that WhatsApp answers with (JSON). */
  error: text().notNull(),
  /** Milliseconds; of the first such answer. */
  since_at: integer().notNull(),
  /** Milliseconds; when a message is sent again to see whether it is over. */
  next_at: integer().notNull(),
  /** How many such tries were refused in a row: each wait is longer than the one before. */
  strikes: integer().notNull(),
});

/** Files: what customers sent and what users uploaded. The bytes are in R2. */
export const media = sqliteTable(
  'media',
  {
    id: text().primaryKey(),
    /** WABA's id of an incoming file. */
    waba_id: text(),
    state: text({ enum: ['pending', 'stored', 'failed'] }).notNull(),
    mime_type: text().notNull(),
    filename: text(),
    size: integer(),
    attempts: integer().notNull().default(0),
    next_at: integer(),
    /** Who uploaded it; null for a customer's. */
    user_id: integer(),
    /** The id WABA gave our upload of it, and until when WABA keeps it (milliseconds). */
    upload_id: text(),
    upload_expires_at: integer(),
    created_at: integer().notNull(),
  },
  (table) => [
    index('media_due')
      .on(table.next_at)
      .where(sql`state = 'pending'`),
    // Clients that read WhatsApp's own shape know a file by WABA's id alone.
    index('media_by_waba_id')
      .on(table.waba_id)
      .where(sql`waba_id is not null`),
  ],
);

/** Our copy of the number's message templates; a name has one for each language. */
export const templates = sqliteTable(
  'templates',
  {
    name: text().notNull(),
    language: text().notNull(),
    /** WABA's id; null where it did not say. */
    waba_id: text(),
    category: text().notNull(),
    /** In small letters, as 360dialog has it: clients look for `approved`. */
    status: text().notNull(),
    /** JSON array. */
    components: text().notNull(),
    namespace: text().notNull(),
    rejected_reason: text().notNull(),
    /** Which refresh has seen it last (its `started_at`). */
    seen_at: integer().notNull(),
    /** Seconds; of the webhook that changed it last. */
    told_at: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.name, table.language] })],
);

/** Our copy of the number's profile; at most one row. */
export const business_profile = sqliteTable('business_profile', {
  id: integer().primaryKey(),
  /** The profile as WABA has it (JSON); null while it was never fetched. */
  payload: text(),
  /** The media type of the photo, whose bytes are in R2; null without a photo. */
  photo_type: text(),
  /** Where WABA has the photo that we have a copy of. */
  photo_url: text(),
  /** The number in digits, once a webhook or WABA has named it. */
  phone_number: text(),
  /** WhatsApp's id of the number, as WABA has named it; null while it has not. */
  phone_number_id: text(),
  /** The access by which it was named: with another key the number may be another. */
  phone_number_access: text(),
});

/** Numbers of others that bodies of WABA's were about. */
export const foreign_numbers = sqliteTable('foreign_numbers', {
  phone_number_id: text().primaryKey(),
  /** How many bodies were. */
  bodies: integer().notNull(),
  /** Milliseconds; when the last one came. */
  last_at: integer().notNull(),
});

/** What is fetched from WABA in the background, now and then or when someone asks for it. */
export const refreshes = sqliteTable('refreshes', {
  kind: text({ enum: ['templates', 'settings', 'blocked', 'webhook'] }).primaryKey(),
  /** Milliseconds; when the one under way began, null while there is none. A change of ours begins it anew. */
  started_at: integer(),
  /** How far the one under way has come; empty at its beginning. */
  cursor: text().notNull().default(''),
  /** Milliseconds; when the next step is due. While one is being done, when it is given up as lost. */
  next_at: integer().notNull(),
  /** How many steps failed in a row. */
  attempts: integer().notNull().default(0),
  last_error: text(),
  /** Milliseconds; when one ended well. */
  refreshed_at: integer(),
});

/** What WABA refused, for the people who have to know. */
export const waba_errors = sqliteTable('waba_errors', {
  id: integer().primaryKey(),
  message_id: text(),
  waba_id: text(),
  payload: text().notNull(),
  timestamp: integer().notNull(),
});

/** Devices of users that Firebase Cloud Messaging reaches; the token names one. */
export const fcm_tokens = sqliteTable(
  'fcm_tokens',
  {
    /** Never used twice: a client may still hold the id of a token that went. */
    id: integer().primaryKey({ autoIncrement: true }),
    user_id: integer().notNull(),
    token: text().notNull().unique(),
    /** Milliseconds; when the device registered it last. */
    last_seen: integer().notNull(),
  },
  // Whom to tell, and a user's own.
  (table) => [index('fcm_tokens_by_user').on(table.user_id)],
);

/** `Idempotency-Key`s of the last 24 hours. */
export const idempotency_keys = sqliteTable(
  'idempotency_keys',
  {
    user_id: integer().notNull(),
    key: text().notNull(),
    body_hash: text().notNull(),
    message_id: text().notNull(),
    created_at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.user_id, table.key] })],
);

/** Totals that would be too dear to count, and how far the background work has come. */
export const counters = sqliteTable('counters', {
  name: text({
    enum: [
      'messages',
      'chats',
      'media_failures',
      'totalled_seq',
      'totalled_attempt',
      'log_pruned_seq',
      // The highest row number that a message which is gone had.
      'removed_message',
      // 1 while the rows of another stack are taken in.
      'importing',
    ],
  }).primaryKey(),
  value: integer().notNull(),
});
