import { type DateContext, readClocks } from './export-dates.ts';
import { type ExportEntry, splitExport } from './export-lines.ts';
import { areFileWords, isNotice } from './export-words.ts';

/** A file in an exported message. */
interface Attachment {
  filename: string;
  caption: string;
}

/**
 * iPhones: the caption, if there is one, then `<attached: 00000012-PHOTO-….jpg>` in the phone's language, in
 * some with the word behind the name.
 */
const IOS_FILE =
  /^([\s\S]*?)([\u200e\u200f]?)<[\u200e\u200f]?\p{L}[^:：<>\n]{0,40}[:：][\s\u200e\u200f]{0,3}([^<>/\\\n]{1,200}\.[\p{L}\d]{1,8})[\u200e\u200f]?>\s*$/u;

const IOS_FILE_FIRST =
  /^([\s\S]*?)([\u200e\u200f]?)<[\u200e\u200f]?([^:：<>/\\\n]{1,200}\.[\p{L}\d]{1,8}) \p{L}[^:：<>\n]{0,40}>\s*$/u;

/** Android: `IMG-20220131-WA0001.jpg (file attached)`, then the caption on lines of its own. */
const ANDROID_FILE =
  /^[\u200e\u200f]?([^/\\\n]{1,200}\.[\p{L}\d]{1,8})[\u200e\u200f]? ?[(（]([^()（）\n]{1,40})[)）][\u200e\u200f]?(?:\n([\s\S]*))?$/u;

/** A message of an exported chat. */
export interface ExportedMessage {
  author: string;
  /** Seconds, as the phone's clock showed them. */
  localTime: number;
  text: string;
  /** The name of the file that it is; `text` is its caption then. */
  filename: string | undefined;
}

export interface ExportedChat {
  messages: ExportedMessage[];
  /** Seconds from one moment that the export can tell to the next: Android writes minutes only. */
  resolution: 1 | 60;
}

/** Why a text is no chat that can be read. */
type ExportProblem = 'not an export' | 'no such dates';

/** What is known beside the text. */
export interface ExportContext extends DateContext {
  /** Names as they stand in the export: they may hold a colon, which else ends a name. */
  names: readonly string[];
  /** The files that come with it, by name. */
  filenames: ReadonlySet<string>;
}

/** WhatsApp's names have 25 characters, those of a phone's contacts some more. */
const AUTHOR = /^([^\n]{1,150}?):(?=[\u200e\u200f]?(?: |\n|$))/u;

/**
 * Reads what WhatsApp's "Export chat" wrote, on Android or an iPhone. What WhatsApp itself says in it
 * (encryption, missed calls) is left out; a file that was left out of the export stays the words that
 * stand for it.
 */
export function parseExport(text: string, context: ExportContext): ExportedChat | ExportProblem {
  const lines = splitExport(text);
  if (lines === undefined) return 'not an export';
  const { isIos, entries } = lines;
  const times = readClocks(
    entries.map(({ clock }) => clock),
    context,
  );
  if (times === undefined) return 'no such dates';
  const messages = entries.flatMap((entry, index): ExportedMessage[] => {
    const message = readMessage(entry, isIos, context);
    return message === undefined ? [] : [{ ...message, localTime: times[index] ?? 0 }];
  });
  const hasSeconds = entries.every(({ clock }) => clock.second !== undefined);
  return { messages, resolution: hasSeconds ? 1 : 60 };
}

/** Undefined for what WhatsApp itself says. */
function readMessage(
  { rest }: ExportEntry,
  isIos: boolean,
  { names, filenames }: ExportContext,
): Omit<ExportedMessage, 'localTime'> | undefined {
  const written = authorIn(rest, names);
  if (written === undefined) return undefined;
  const content = rest.slice(written.length + 1).replace(/^([\u200e\u200f]?) /, '$1');
  if (isIos && /^[\u200e\u200f]/.test(content) && isNotice(content)) return undefined;
  const author = cleanName(written);
  const file = attachmentOf(content, isIos, filenames);
  if (file !== undefined) return { author, text: file.caption, filename: file.filename };
  const text = content.replace(/^[\u200e\u200f]+/, '').trimEnd();
  return text === '' ? undefined : { author, text, filename: undefined };
}

function authorIn(rest: string, names: readonly string[]): string | undefined {
  const known = names.find((name) => name !== '' && rest.startsWith(`${name}:`));
  return known ?? AUTHOR.exec(rest)?.[1];
}

/** Without what phones put around names: marks of direction, and a tilde for who is no contact. */
export function cleanName(name: string): string {
  const visible = name.replace(/\p{Bidi_Control}/gu, '').replace(/\s+/gu, ' ');
  return visible.trim().replace(/^~ ?/, '').normalize('NFC');
}

/**
 * Returns the file that a message's text stands for, or undefined. People can write such words, too: it
 * counts where WhatsApp has marked it, in a language that we know, or where a file of the name is there.
 */
function attachmentOf(
  text: string,
  isIos: boolean,
  filenames: ReadonlySet<string>,
): Attachment | undefined {
  if (isIos) {
    const [, caption = '', mark = '', name = ''] =
      IOS_FILE.exec(text) ?? IOS_FILE_FIRST.exec(text) ?? [];
    const filename = withoutMarks(name);
    const isFile = name !== '' && (mark !== '' || filenames.has(filename));
    return isFile ? { filename, caption: withoutMarks(caption) } : undefined;
  }
  const [, name = '', words = '', caption = ''] = ANDROID_FILE.exec(text) ?? [];
  const filename = withoutMarks(name);
  const isFile = name !== '' && (areFileWords(words) || filenames.has(filename));
  return isFile ? { filename, caption: withoutMarks(caption) } : undefined;
}

function withoutMarks(text: string): string {
  return text.replace(/[\u200e\u200f]/g, '').trim();
}
