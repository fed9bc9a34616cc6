/** What says nothing about a file; browsers save such a file and never run it. */
export const UNKNOWN_TYPE = 'application/octet-stream';

/** A type without parameters (RFC 9110, 8.3.1), no longer than RFC 6838 allows. */
const TYPE = /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}$/;

/** The one parameter that matters to a player: `audio/ogg; codecs=opus`. */
const CODECS = /;\s*codecs="?([\w.,\- ]{1,60}?)"?\s*(?:;|$)/;

/** Far more than a type with its codecs has. */
const MAX_READ = 1_000;

/** What a browser would run as a page of ours. XML of any kind may: it can hold scripts. */
const ACTIVE_TYPE =
  /^(?:text\/html|text\/xml|text\/cache-manifest|(?:text|application)\/(?:x-)?(?:java|ecma|live|j)script.*|.*\/.*\bxml|multipart\/.*)$/;

/** Other names of the types that WhatsApp takes, and of the one that says nothing. */
const ALIASES = new Map([
  ['application/download', UNKNOWN_TYPE],
  ['application/force-download', UNKNOWN_TYPE],
  ['application/unknown', UNKNOWN_TYPE],
  ['application/x-download', UNKNOWN_TYPE],
  ['application/x-unknown', UNKNOWN_TYPE],
  ['binary/octet-stream', UNKNOWN_TYPE],
  ['application/acrobat', 'application/pdf'],
  ['application/x-pdf', 'application/pdf'],
  ['image/jpe', 'image/jpeg'],
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/x-png', 'image/png'],
  ['audio/mp3', 'audio/mpeg'],
  ['audio/mpeg3', 'audio/mpeg'],
  ['audio/x-mp3', 'audio/mpeg'],
  ['audio/x-mpeg', 'audio/mpeg'],
  ['audio/x-ogg', 'audio/ogg'],
  ['audio/x-aac', 'audio/aac'],
  ['audio/aacp', 'audio/aac'],
  ['audio/x-m4a', 'audio/mp4'],
  ['audio/m4a', 'audio/mp4'],
  ['audio/opus', 'audio/ogg'],
  ['application/ogg', 'audio/ogg'],
  ['application/mp4', 'video/mp4'],
  ['video/x-m4v', 'video/mp4'],
  ['video/3gp', 'video/3gpp'],
]);

/** Returns a type in lower case and without parameters; unknown where it is not a type at all. */
export function baseType(mimeType: string): string {
  const type = (mimeType.split(';')[0] ?? '').trim().toLowerCase();
  return TYPE.test(type) ? (ALIASES.get(type) ?? type) : UNKNOWN_TYPE;
}

/**
 * Returns a type that a file may be stored and served with, whoever declared it: well-formed, without
 * parameters but `codecs`, and unknown where a browser would run it (HTML, SVG, XML, scripts).
 */
export function safeType(mimeType: string): string {
  const type = baseType(mimeType);
  if (ACTIVE_TYPE.test(type)) return UNKNOWN_TYPE;
  // The pattern tries each length of what it finds, and what follows from each.
  const codecs = CODECS.exec(mimeType.slice(0, MAX_READ).toLowerCase())?.[1];
  const isPlayed = type.startsWith('audio/') || type.startsWith('video/');
  return codecs === undefined || !isPlayed ? type : `${type}; codecs=${quotedIfNeeded(codecs)}`;
}

function quotedIfNeeded(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `"${text}"`;
}
