import { isRecord } from '../../waba/json-record.ts';

/**
 * What WhatsApp tells of a file that it hands out, and what its On-Prem API had: clients send back what
 * they were shown, and the Cloud API refuses a message for any of these keys.
 */
const OF_ANY_FILE = ['mime_type', 'sha256', 'file_size', 'url', 'file', 'provider', 'metadata'];

/**
 * The keys that clients of this API post and the Cloud API does not know, by the name of the object that
 * they stand in. What is neither here nor known to us is sent: WhatsApp has new keys before we know them.
 */
const FOREIGN_KEYS: Readonly<Record<string, readonly string[]>> = {
  image: [...OF_ANY_FILE, 'filename', 'animated', 'voice'],
  // With a file name or a caption WhatsApp takes no sound at all, and shows neither.
  audio: [...OF_ANY_FILE, 'filename', 'caption', 'animated'],
  video: [...OF_ANY_FILE, 'filename', 'animated', 'voice'],
  document: [...OF_ANY_FILE, 'animated', 'voice'],
  sticker: [...OF_ANY_FILE, 'filename', 'caption', 'animated', 'voice'],
  // On-Prem's: the Cloud API knows a template by its name and language.
  template: ['namespace'],
  // Of places and persons that customers sent.
  location: ['url'],
  contacts: ['ims'],
  text: [],
  interactive: [],
  reaction: [],
};

/** The objects that are files wherever they stand: a template's header and an interactive one have them too. */
export const FILES: ReadonlySet<string> = new Set([
  'image',
  'audio',
  'video',
  'document',
  'sticker',
]);

/**
 * Returns what stands under a message's type without the keys that WhatsApp refuses, however deep they are.
 * A file goes by its link where it has an id as well, and without a caption or a name that is empty.
 */
export function withoutForeignKeys(type: string, content: unknown): unknown {
  if (Array.isArray(content)) return content.map((item) => withoutForeignKeys(type, item));
  if (!isRecord(content)) return content;
  const foreign = new Set(FOREIGN_KEYS[type]);
  const isFile = FILES.has(type);
  if (isFile && content['link'] !== undefined) foreign.add('id');
  const isEmpty = (key: string, value: unknown) =>
    isFile && value === '' && (key === 'caption' || key === 'filename');
  const kept = Object.entries(content).filter(
    ([key, value]) => !foreign.has(key) && !isEmpty(key, value),
  );
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutKeysOfFiles(key, member)]));
}

/** Goes on below the message's own object, where only files have keys to lose. */
function withoutKeysOfFiles(name: string, value: unknown): unknown {
  if (FILES.has(name) && isRecord(value)) return withoutForeignKeys(name, value);
  if (Array.isArray(value)) return value.map((item) => withoutKeysOfFiles('', item));
  if (!isRecord(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [
    key,
    withoutKeysOfFiles(key, member),
  ]);
  return Object.fromEntries(members);
}
