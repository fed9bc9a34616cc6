import { FILE_WORDS } from './export-words.ts';

/** A file in an exported message. */
export interface Attachment {
  filename: string;
  caption: string;
}

/** iPhones: the caption, if there is one, then `<attached: 00000012-PHOTO-….jpg>` in the phone's language. */
const IOS_FILE =
  /^([\s\S]*?)(\u200e?)<\p{L}[^:<>\n]{0,40}:\s{0,3}([^<>/\\\n]{1,200}\.[\p{L}\d]{1,8})>\s*$/u;

/** Android: `IMG-20220131-WA0001.jpg (file attached)`, then the caption on lines of its own. */
const ANDROID_FILE =
  /^\u200e?([^/\\\n]{1,200}\.[\p{L}\d]{1,8}) \(([^()\n]{1,40})\)(?:\n([\s\S]*))?$/u;

/**
 * Returns the file that a message's text stands for, or undefined. People can write such words, too: it
 * counts where WhatsApp has marked it, in a language that we know, or where a file of the name is there.
 */
export function attachmentOf(
  text: string,
  isIos: boolean,
  filenames: ReadonlySet<string>,
): Attachment | undefined {
  if (isIos) {
    const [, caption = '', mark = '', name = ''] = IOS_FILE.exec(text) ?? [];
    const filename = name.trim();
    const isFile = name !== '' && (mark !== '' || filenames.has(filename));
    return isFile ? { filename, caption: withoutMarks(caption) } : undefined;
  }
  const [, name = '', words = '', caption = ''] = ANDROID_FILE.exec(text) ?? [];
  const filename = withoutMarks(name);
  const isFile = name !== '' && (FILE_WORDS.includes(words) || filenames.has(filename));
  return isFile ? { filename, caption: withoutMarks(caption) } : undefined;
}

function withoutMarks(text: string): string {
  return text.replace(/\u200e/g, '').trim();
}
