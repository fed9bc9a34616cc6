import type { User } from '../../auth/user.ts';
import { invalidField, WaypostError } from '../../error.ts';
import { isUniqueViolation } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { findChat } from '../chats/find-chat.ts';
import { type Assignment, mayReadChat, mayWriteToChat } from '../permissions.ts';
import { listAccounts } from '../profile/own-number.ts';
import { customerOfExport, type ExportCustomer, type Participant } from './customer-of-export.ts';
import {
  type CheckedFile,
  checkFiles,
  forgetFiles,
  type ImportFile,
  storeFiles,
} from './import-files.ts';
import { type ExportedChat, parseExport } from './parse-export.ts';
import { type ImportedMessage, planImport } from './plan-import.ts';
import { findKnown, storeImport } from './store-import.ts';

/** What someone brings (spec: createChatImport). */
export interface ChatImport {
  chatText: string;
  participants: readonly Participant[];
  utcOffsetMinutes: number;
  /** A locale, such as `en-US`. */
  languageCode: string;
  files: readonly ImportFile[];
}

/** More would take longer than a caller waits; the rest of a chat can be imported by itself. */
const MAX_MESSAGES = 20_000;

/** WhatsApp lets nobody write more. */
const MAX_MESSAGE_CHARACTERS = 65_536;

/** A phone's clock may be this far ahead of ours. */
const CLOCK_SKEW_S = 24 * 60 * 60;

/** How often the same chat is planned anew because somebody else imports it at this moment. */
const MAX_RACES = 3;

const NOBODYS: Assignment = { assigned_user_id: null, assigned_group_id: null };

/**
 * Stores an exported chat: all that is not there yet, or nothing. Importing it again adds nothing but
 * files that were missing. Returns the key of the chat. Throws `invalid` for what cannot be read or is
 * too much, and `forbidden` where the user may not read and write to the chat. `now` is in milliseconds.
 */
export async function importChat(
  stack: StackContext,
  user: User,
  asked: ChatImport,
  now: number,
): Promise<string> {
  const files = await checkFiles(asked.files);
  const exported = read(asked, files, now);
  const customer = await customerOf(stack, exported, asked.participants);
  const chat = await findChat(stack.db, customer.waId);
  const owner = chat ?? NOBODYS;
  if (!mayReadChat(user, owner) || !mayWriteToChat(user, owner)) {
    throw new WaypostError('forbidden', 'You do not have permission to write to this chat.');
  }
  const waId = chat?.wa_id ?? customer.waId;
  const { utcOffsetMinutes } = asked;
  const messages = planImport(exported, { waId, customer: customer.author, utcOffsetMinutes });
  for (let race = 0; ; race += 1) {
    try {
      await store(stack, { waId, name: customer.name, messages, files, now });
      return waId;
    } catch (error) {
      if (!isUniqueViolation(error) || race === MAX_RACES) throw error;
    }
  }
}

function read(
  { chatText, participants, languageCode, utcOffsetMinutes }: ChatImport,
  files: ReadonlyMap<string, CheckedFile>,
  now: number,
): ExportedChat {
  const latest = now / 1000 + utcOffsetMinutes * 60 + CLOCK_SKEW_S;
  const names = participants.map(({ name }) => name);
  const filenames = new Set(files.keys());
  const exported = parseExport(chatText, { locale: languageCode, latest, names, filenames });
  if (exported === 'not an export') {
    throw invalidField('chat_text', 'This is not a chat that WhatsApp has exported.');
  }
  if (exported === 'no such dates') {
    throw invalidField('chat_text', 'It has dates that do not exist or are in the future.');
  }
  const { messages } = exported;
  if (messages.length === 0) throw invalidField('chat_text', 'There are no messages in it.');
  if (messages.length > MAX_MESSAGES) {
    throw invalidField(
      'chat_text',
      `It may have ${MAX_MESSAGES} messages at most: import it in parts.`,
    );
  }
  if (messages.some(({ text }) => text.length > MAX_MESSAGE_CHARACTERS)) {
    throw invalidField(
      'chat_text',
      `A message has more than ${MAX_MESSAGE_CHARACTERS} characters.`,
    );
  }
  return exported;
}

async function customerOf(
  { db }: StackContext,
  { messages }: ExportedChat,
  participants: readonly Participant[],
): Promise<ExportCustomer> {
  const authors = [...new Set(messages.map(({ author }) => author))];
  const [account] = await listAccounts({ db });
  return customerOfExport(authors, participants, account?.phone_number);
}

interface Import {
  waId: string;
  name: string;
  messages: readonly ImportedMessage[];
  files: ReadonlyMap<string, CheckedFile>;
  now: number;
}

/** Throws a unique violation where another request has stored some of it meanwhile. */
async function store({ db, files: bucket }: StackContext, asked: Import): Promise<void> {
  const { waId, name, messages, files, now } = asked;
  const known = await findKnown(db, waId, messages);
  const fresh = messages.filter(({ id }) => !known.has(id));
  const late = messages.filter(({ id }) => known.get(id)?.lacksFile === 1);
  const idOf = ({ filename }: ImportedMessage): string | null =>
    files.get(filename ?? '')?.id ?? null;
  const rows = fresh.map((message) => ({ ...message, mediaId: idOf(message) }));
  const lateFiles = late.flatMap((message) => {
    const mediaId = idOf(message);
    return mediaId === null ? [] : [{ id: message.id, mediaId }];
  });
  const wanted = new Set([...rows, ...lateFiles].map(({ mediaId }) => mediaId));
  const used = [...files.values()].filter(({ id }) => wanted.has(id));
  if (rows.length === 0 && used.length === 0) return;
  try {
    await storeFiles(bucket, used);
  } catch (error) {
    await forgetFiles(bucket, used);
    throw error;
  }
  try {
    await db.batch(storeImport({ waId, name, rows, files: used, lateFiles, now }));
  } catch (error) {
    // Whatever else has failed may have been written all the same, and the rows need their bytes.
    if (isUniqueViolation(error)) await forgetFiles(bucket, used);
    throw error;
  }
}
