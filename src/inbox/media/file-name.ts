import { baseType } from './mime-type.ts';

/** Well within what file systems (255 bytes) and headers take, in any script. */
const MAX_CHARACTERS = 120;

/** The usual extension of a type, the first where there are several, and the type of an extension. */
const EXTENSIONS: readonly (readonly [string, ...string[]])[] = [
  ['image/jpeg', 'jpg', 'jpeg'],
  ['image/png', 'png'],
  ['image/webp', 'webp'],
  ['image/gif', 'gif'],
  ['audio/aac', 'aac'],
  ['audio/mp4', 'm4a'],
  ['audio/mpeg', 'mp3'],
  ['audio/amr', 'amr'],
  ['audio/ogg', 'ogg', 'oga', 'opus'],
  ['video/mp4', 'mp4'],
  ['video/3gpp', '3gp'],
  ['application/pdf', 'pdf'],
  ['text/plain', 'txt'],
  ['text/csv', 'csv'],
  ['application/zip', 'zip'],
  ['application/msword', 'doc'],
  ['application/vnd.ms-excel', 'xls'],
  ['application/vnd.ms-powerpoint', 'ppt'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['application/vnd.openxmlformats-officedocument.presentationml.presentation', 'pptx'],
];

/** What is no part of a name: control characters and what turns the direction of reading. */
const INVISIBLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Returns a name without folders and without characters that deceive; undefined where nothing is left. */
export function cleanFileName(name: string): string | undefined {
  const visible = name.toWellFormed().replace(INVISIBLE, '');
  const last = visible.split(/[\\/]/).at(-1)?.trim() ?? '';
  const isNothing = /^\.*$/.test(last);
  return isNothing ? undefined : shorten(last);
}

/** Returns the type that a name's extension stands for, or undefined. */
export function typeOfName(name: string): string | undefined {
  const extension = /\.([^.]+)$/.exec(name.toLowerCase())?.[1] ?? '';
  return EXTENSIONS.find(([, ...extensions]) => extensions.includes(extension))?.[0];
}

/** Returns a file's own name, or one made of its id and type. */
export function fileNameOf(file: {
  id: string;
  filename: string | null;
  mime_type: string;
}): string {
  const name = cleanFileName(file.filename ?? '');
  if (name !== undefined) return name;
  const type = baseType(file.mime_type);
  const extension = EXTENSIONS.find(([known]) => known === type)?.[1] ?? 'bin';
  return `${file.id}.${extension}`;
}

/** Cuts the stem, so that the extension still says what it is. */
function shorten(name: string): string {
  const characters = Array.from(name);
  if (characters.length <= MAX_CHARACTERS) return name;
  const extension = /\.[^.]{1,16}$/u.exec(name)?.[0] ?? '';
  return characters.slice(0, MAX_CHARACTERS - Array.from(extension).length).join('') + extension;
}
