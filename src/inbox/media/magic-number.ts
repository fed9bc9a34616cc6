/** How many of a file's first bytes `fitsType` and `typeOfContent` look at. */
export const HEAD_BYTES = 1024;

type Test = (head: Uint8Array) => boolean;

/** MPEG audio without tags begins with a frame: eleven set bits and a layer other than 0. */
const isMpegFrame: Test = (head) =>
  head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0 && ((head[1] ?? 0) & 0x06) !== 0;

/** ADTS: twelve set bits, and a layer of 0, which tells it from MPEG audio. */
const isAdtsFrame: Test = (head) => head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0;

const hasId3: Test = (head) => textAt(head, 0, 'ID3');
const isIsoMedia: Test = (head) => textAt(head, 4, 'ftyp');

/**
 * What files of a type begin with. The ISO container holds sound, video and 3GPP alike; which one is
 * not told apart, because phones write the brands of one into the other.
 */
const TESTS = new Map<string, Test>([
  ['image/jpeg', (head) => bytesAt(head, 0, [0xff, 0xd8, 0xff])],
  ['image/png', (head) => bytesAt(head, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ['image/webp', (head) => textAt(head, 0, 'RIFF') && textAt(head, 8, 'WEBP')],
  ['audio/aac', (head) => isAdtsFrame(head) || textAt(head, 0, 'ADIF') || hasId3(head)],
  ['audio/mpeg', (head) => hasId3(head) || isMpegFrame(head)],
  ['audio/amr', (head) => textAt(head, 0, '#!AMR')],
  ['audio/ogg', (head) => textAt(head, 0, 'OggS')],
  ['audio/mp4', isIsoMedia],
  ['video/mp4', isIsoMedia],
  ['video/3gpp', isIsoMedia],
  // Readers look for it in the first kilobyte; some programs write a line before it.
  ['application/pdf', (head) => Buffer.from(head).includes('%PDF-')],
]);

/** The types whose mark is long enough to be believed without a word from the sender. */
const UNMISTAKABLE = ['image/jpeg', 'image/png', 'image/webp', 'audio/amr', 'audio/ogg'];

/**
 * Whether a file that begins with `head` can be of this type (without parameters); true for the types
 * that have no mark of their own.
 */
export function fitsType(type: string, head: Uint8Array): boolean {
  return TESTS.get(type)?.(head) ?? true;
}

/** Returns the type of a file by its first bytes, or undefined where they leave it open. */
export function typeOfContent(head: Uint8Array): string | undefined {
  if (textAt(head, 0, '%PDF-')) return 'application/pdf';
  return UNMISTAKABLE.find((type) => fitsType(type, head));
}

function textAt(head: Uint8Array, offset: number, text: string): boolean {
  return bytesAt(head, offset, Buffer.from(text, 'latin1'));
}

function bytesAt(head: Uint8Array, offset: number, bytes: ArrayLike<number>): boolean {
  return Array.from(bytes).every((byte, position) => head[offset + position] === byte);
}
