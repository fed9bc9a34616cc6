/** What a device shows of a message. */
export interface PushNote {
  title: string;
  body: string;
  /** For the app: texts only, as FCM demands. */
  data: Record<string, string>;
  /** What the notes of one chat have in common. */
  chat: string;
}

/** A message to be told of. */
export interface PushedMessage {
  id: string;
  chat: string;
  /** The customer's, or empty. */
  name: string;
  type: string;
  /** What search looks through; null where there is no text in it. */
  text: string | null;
}

/** FCM takes 4,000 bytes in all, and a screen shows less than this. */
const MAX_BODY_CHARACTERS = 240;
const MAX_TITLE_CHARACTERS = 100;

/** What stands for a message without text. */
const WORDS: Readonly<Record<string, string>> = {
  image: 'Photo',
  video: 'Video',
  audio: 'Audio',
  voice: 'Voice message',
  document: 'Document',
  sticker: 'Sticker',
  location: 'Location',
  contacts: 'Contact',
  reaction: 'Reaction',
};

/** Says in short what a customer wrote. */
export function pushNote({ id, chat, name, type, text }: PushedMessage): PushNote {
  return {
    title: shortened(name || chat, MAX_TITLE_CHARACTERS),
    body: shortened(text || (WORDS[type] ?? 'New message'), MAX_BODY_CHARACTERS),
    data: { type: 'incoming_message', wa_id: chat, getchat_id: id },
    chat,
  };
}

/** By code points, so that no character is torn. */
function shortened(text: string, max: number): string {
  const characters = Array.from(text.slice(0, 2 * max + 2));
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}
