import { idOf, isRecord, listOf, textOf, type JsonRecord } from './json-record.ts';
import {
  readContact,
  readMessage,
  readStatus,
  readTimestamp,
  type InboundContact,
  type InboundMessage,
  type InboundStatus,
} from './items.ts';
import { readMoves, type CustomerMove } from './customer-moves.ts';
import { readGroupUpdates, type GroupUpdate } from './group-updates.ts';
import { readHistory } from './history.ts';
import { readSavedNames, type SavedName } from './saved-names.ts';
import { readTemplateChange, type TemplateChange } from './template-changes.ts';

/** What one body of WABA's holds, as far as it could be understood. */
export interface InboundBody {
  /** The kinds of content in it, as the `fields` filter of a webhook names them. */
  fields: string[];
  contacts: InboundContact[];
  messages: InboundMessage[];
  statuses: InboundStatus[];
  /** Errors that belong to no message. */
  errors: JsonRecord[];
  /** Customers whose number or user id changed. */
  moves: CustomerMove[];
  /** What became of message templates. */
  templates: TemplateChange[];
  /** What became of the number's groups. */
  groups: GroupUpdate[];
  /** What the business calls customers in its phone's contacts. */
  savedNames: SavedName[];
  /** The numbers that it is about, by WhatsApp's ids. */
  numberIds: string[];
  /** Those of others, whose values are left out of all else. */
  foreign: string[];
  /** Whether something in it has no id of its own, so that only the whole body tells a duplicate. */
  hasUnidentified: boolean;
}

/** Is among the `fields` of a body that holds values for other numbers. */
export const FOREIGN_NUMBER = 'foreign_number';

/** WhatsApp knows some thirty; so many of them still fit a row beside the body. */
const MAX_FIELDS = 100;

/**
 * Reads a body of WABA's: the Cloud API's envelope (every entry, every change) or the old On-Prem
 * shape. Each item is read in isolation: one that cannot be understood is left to the raw body and
 * the rest goes on. Where `ownNumberId` is given, what is for another number is left to it, too. Never throws.
 */
export function readBody(body: JsonRecord, ownNumberId?: string): InboundBody {
  const inbound = emptyBody();
  if (Array.isArray(body['entry'])) {
    for (const change of changesOf(body['entry'])) {
      const numberId = numberIdOf(change);
      if (numberId !== undefined) inbound.numberIds.push(numberId);
      const isForeign = numberId !== undefined && numberId !== (ownNumberId ?? numberId);
      if (isForeign) leaveOut(inbound, change, numberId);
      else readChange(inbound, change);
    }
    inbound.numberIds = [...new Set(inbound.numberIds)];
    inbound.foreign = [...new Set(inbound.foreign)].slice(0, MAX_FOREIGN);
  } else {
    readValue(inbound, body);
  }
  inbound.fields = [...new Set(inbound.fields)].slice(0, MAX_FIELDS);
  if (inbound.messages.length + inbound.statuses.length === 0) inbound.hasUnidentified = true;
  return inbound;
}

function emptyBody(): InboundBody {
  return {
    fields: [],
    contacts: [],
    messages: [],
    statuses: [],
    errors: [],
    moves: [],
    templates: [],
    groups: [],
    savedNames: [],
    numberIds: [],
    foreign: [],
    hasUnidentified: false,
  };
}

interface Change {
  field: string;
  value: JsonRecord;
  /** Seconds; when WhatsApp sent the entry, 0 where it does not say. */
  at: number;
}

function changesOf(entries: readonly unknown[]): Change[] {
  return entries.filter(isRecord).flatMap(({ changes, time }) =>
    listOf(changes).flatMap((change) => {
      if (!isRecord(change)) return [];
      const { field, value } = change;
      return [
        { field: idOf(field) ?? '', value: isRecord(value) ? value : {}, at: readTimestamp(time) },
      ];
    }),
  );
}

/** Which number a change is for; undefined for what is about the account. */
function numberIdOf({ value }: Change): string | undefined {
  return isRecord(value['metadata']) ? idOf(value['metadata']['phone_number_id']) : undefined;
}

/** A body is about one number, or a few. */
const MAX_FOREIGN = 20;

/** Takes note of a change that is not ours to understand: only the whole body tells a duplicate of it. */
function leaveOut(inbound: InboundBody, change: Change, numberId: string): void {
  const apart = emptyBody();
  readChange(apart, change);
  inbound.fields.push(FOREIGN_NUMBER, ...apart.fields);
  inbound.foreign.push(numberId);
  inbound.hasUnidentified = true;
}

function readChange(inbound: InboundBody, { field, value, at }: Change): void {
  if (field === 'messages') {
    readValue(inbound, value);
    return;
  }
  // Calls have `statuses` too, with call ids; they are nobody's message (Cloud API, `calls` field).
  inbound.fields.push(field);
  inbound.hasUnidentified = true;
  for (const move of readMoves(field, value)) inbound.moves.push(move);
  const template = readTemplateChange(field, value, at);
  if (template !== undefined) inbound.templates.push(template);
  for (const update of readGroupUpdates(field, value)) inbound.groups.push(update);
  for (const saved of readSavedNames(field, value)) inbound.savedNames.push(saved);
  if (field === 'smb_message_echoes')
    readItems(inbound, { messages: value['message_echoes'], metadata: value['metadata'] }, 'us');
  for (const message of field === 'history' ? readHistory(value, ownNumberIn(value)) : [])
    inbound.messages.push(message);
}

/** The number that a change is about, in digits. */
function ownNumberIn({ metadata }: JsonRecord): string | undefined {
  const shown = isRecord(metadata) ? textOf(metadata['display_phone_number']) : undefined;
  return idOf(shown?.replaceAll(/\D/g, ''));
}

/** The `value` of a `messages` change; the On-Prem body has the same keys at its top. */
function readValue(inbound: InboundBody, value: JsonRecord): void {
  const hasStatuses = Array.isArray(value['statuses']);
  const hasMessages = Array.isArray(value['messages']);
  if (hasStatuses) inbound.fields.push('statuses');
  if (hasMessages || !hasStatuses) inbound.fields.push('messages');
  readItems(inbound, value, 'customer');
  const errors = Array.isArray(value['errors']) ? value['errors'].filter(isRecord) : [];
  // One by one here and below: the arguments of one call are some hundred thousand at most.
  for (const error of errors) inbound.errors.push(error);
  if (errors.length > 0) inbound.fields.push('errors');
  if (errors.length > 0 || !(hasMessages || hasStatuses)) inbound.hasUnidentified = true;
}

function readItems(inbound: InboundBody, value: JsonRecord, from: 'us' | 'customer'): void {
  const contacts = listOf(value['contacts']).flatMap((item) => readContact(item) ?? []);
  // A message that names nobody is from the only one who can have sent it.
  const [only] = contacts.length === 1 ? contacts : [];
  const ownNumber = ownNumberIn(value);
  const read: InboundMessage[] = [];
  for (const item of listOf(value['messages'])) {
    const message = readMessage(item, from, { otherwise: only, ownNumber });
    if (message === undefined) {
      inbound.hasUnidentified = true;
      continue;
    }
    read.push(message);
    for (const move of readMoves('system', message.payload)) inbound.moves.push(move);
  }
  noteSender(only, read);
  for (const message of read) inbound.messages.push(message);
  for (const contact of contacts) inbound.contacts.push(contact);
  for (const item of listOf(value['statuses'])) {
    const status = readStatus(item);
    if (status === undefined) inbound.hasUnidentified = true;
    else inbound.statuses.push(status);
  }
}

/**
 * Takes the only contact for the only sender: WhatsApp's two spellings of a number, in Brazil say, are not
 * always the same in one body.
 */
function noteSender(
  contact: InboundContact | undefined,
  messages: readonly InboundMessage[],
): void {
  const [first, ...others] = messages;
  if (contact === undefined || first === undefined) return;
  const { phone, userId } = first;
  const isOne = others.every((other) => other.phone === phone && other.userId === userId);
  const isSame = contact.phone === phone || (userId !== undefined && contact.userId === userId);
  if (isOne && !isSame) contact.alias = { phone, userId };
}
