import { getTableConfig } from 'drizzle-orm/sqlite-core';
import {
  assignment_events,
  chat_aliases,
  chat_taggings,
  chats,
  events,
  group_participants,
  groups,
  marks,
  media,
  message_taggings,
  messages,
  referrals,
  saved_responses,
  statuses,
  tagging_events,
  tags,
  user_groups,
  users,
  waba_errors,
  whatsapp_groups,
} from '../../store/schema.ts';

/** A table that goes from one stack to another, with the columns that go along. */
export interface TransferTable {
  name: TransferName;
  /** The columns of its primary key, in its order; several tables have no row numbers. */
  keys: readonly string[];
  columns: readonly string[];
  /** Those that hold text: what a row's size comes from. */
  texts: readonly string[];
}

/**
 * What somebody's stack is made of, in the order in which it is taken in. What is not in it is of the deployment
 * (webhooks with their secrets, log, sessions, devices), copied from WhatsApp (templates, profile), or under
 * way (the outbox: nothing is sent twice).
 */
const TABLES = {
  groups,
  users,
  user_groups,
  chats,
  chat_aliases,
  referrals,
  whatsapp_groups,
  group_participants,
  tags,
  chat_taggings,
  media,
  messages,
  message_taggings,
  statuses,
  tagging_events,
  assignment_events,
  saved_responses,
  marks,
  waba_errors,
  events,
};

export type TransferName = keyof typeof TABLES;

/** Their names, in that order. */
export const TRANSFER_NAMES: readonly [TransferName, ...TransferName[]] = [
  'groups',
  'users',
  'user_groups',
  'chats',
  'chat_aliases',
  'referrals',
  'whatsapp_groups',
  'group_participants',
  'tags',
  'chat_taggings',
  'media',
  'messages',
  'message_taggings',
  'statuses',
  'tagging_events',
  'assignment_events',
  'saved_responses',
  'marks',
  'waba_errors',
  'events',
];

/** What stays behind: what opens something, and what only means something to subscribers of this stack. */
const LEFT_OUT: Partial<Record<TransferName, readonly string[]>> = {
  users: ['password_hash', 'token_nonce', 'token_hash', 'activation_hash', 'refresh_nonce'],
  events: ['open', 'taken_at', 'receipts'],
};

/** Returns a table that goes along. */
export function transferTable(name: TransferName): TransferTable {
  const { columns, primaryKeys } = getTableConfig(TABLES[name]);
  const own = columns.filter((column) => column.primary);
  const keys = own.length > 0 ? own : (primaryKeys[0]?.columns ?? []);
  const kept = columns.filter((column) => LEFT_OUT[name]?.includes(column.name) !== true);
  const texts = kept.filter((column) => column.dataType === 'string');
  return {
    name,
    keys: keys.map((column) => column.name),
    columns: kept.map((column) => column.name),
    texts: texts.map((column) => column.name),
  };
}
