import { readTimestamp } from './items.ts';
import { idOf, isRecord, listOf, textOf, type JsonRecord } from './json-record.ts';

/** Someone in a group, by the id that WhatsApp knows them by there. */
export interface GroupMember {
  /** A phone number in digits, or a user id where WhatsApp shows no number. */
  participant: string;
  userId: string | undefined;
}

/** WhatsApp's word of one of the number's groups; what is undefined stays as it is. */
export interface GroupUpdate {
  group: string;
  /** Seconds. */
  at: number;
  subject: string | undefined;
  description: string | undefined;
  inviteLink: string | undefined;
  joinApprovalMode: string | undefined;
  isSuspended: boolean | undefined;
  isDeleted: boolean;
  added: GroupMember[];
  removed: GroupMember[];
}

/** The limits are 128 and 2,048 characters (Groups API); what is longer is none of WhatsApp's. */
const MAX_TEXT_CHARACTERS = 5_000;

/** A group has eight members; a list that is longer is cut. */
const MAX_MEMBERS = 1_000;

/** Reads `groups` of the fields `group_lifecycle_update`, `group_settings_update` and their like. */
export function readGroupUpdates(field: string, value: JsonRecord): GroupUpdate[] {
  if (!field.startsWith('group_')) return [];
  return listOf(value['groups']).flatMap((item) => readGroupUpdate(item) ?? []);
}

function readGroupUpdate(item: unknown): GroupUpdate | undefined {
  if (!isRecord(item)) return undefined;
  const group = idOf(item['group_id']);
  const type = textOf(item['type']) ?? '';
  const isFailed = listOf(item['errors']).length > 0;
  const isLifecycle = type === 'group_create' || type === 'group_delete';
  if (group === undefined || (isLifecycle && isFailed)) return undefined;
  return {
    group,
    at: readTimestamp(item['timestamp']),
    subject: settingOf(item['group_subject']) ?? wordsOf(item['subject']),
    description: settingOf(item['group_description']) ?? wordsOf(item['description']),
    inviteLink: idOf(item['invite_link']),
    joinApprovalMode: idOf(item['join_approval_mode']),
    isSuspended: SUSPENDED[type],
    isDeleted: type === 'group_delete',
    added: membersOf(item['added_participants']),
    removed: membersOf(item['removed_participants']),
  };
}

const SUSPENDED: Readonly<Record<string, boolean>> = {
  group_suspend: true,
  group_suspend_cleared: false,
};

/** A changed setting; undefined where the change failed. An empty one is a setting, too. */
function settingOf(value: unknown): string | undefined {
  if (!isRecord(value) || value['update_successful'] === false) return undefined;
  return wordsOf(value['text']);
}

function wordsOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT_CHARACTERS).toWellFormed() : undefined;
}

function membersOf(list: unknown): GroupMember[] {
  return listOf(list)
    .slice(0, MAX_MEMBERS)
    .flatMap((item) => {
      if (!isRecord(item)) return [];
      const userId = idOf(item['user_id']);
      // `input` repeats what the business named somebody by.
      const participant = idOf(item['wa_id']) ?? userId ?? digitsOf(idOf(item['input']));
      return participant === undefined ? [] : [{ participant, userId }];
    });
}

function digitsOf(input: string | undefined): string | undefined {
  return input !== undefined && /^\+?[\d\s().-]+$/.test(input)
    ? input.replaceAll(/\D/g, '')
    : input;
}
