import { readClocks, type DateContext } from './export-dates.ts';
import { splitExport, type ExportEntry } from './export-lines.ts';
import { isNotice } from './export-words.ts';
import { attachmentOf } from './attachment.ts';

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
export type ExportProblem = 'not an export' | 'no such dates';

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
