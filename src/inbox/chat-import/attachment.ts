import { areFileWords } from './export-words.ts';

/** A file in an exported message. */
export interface Attachment {
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
