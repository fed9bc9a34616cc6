import { z } from '@hono/zod-openapi';
import { numberIn, type Participant } from '../../inbox/chat-import/customer-of-export.ts';
import type { ChatImport } from '../../inbox/chat-import/import-chat.ts';
import type { ImportFile } from '../../inbox/chat-import/import-files.ts';
import { hasNationalZero, NO_LEADING_ZERO } from '../../waba/recipient.ts';
import { integerField, textField } from '../fields.ts';

/** WhatsApp's largest exports have 40,000 messages of some sixty characters. */
const MAX_TEXT_CHARACTERS = 4_000_000;

/** "Do not supply more than two contacts" (spec: createChatImport). */
const MAX_PARTICIPANTS = 2;

/** Each is a write of its own, and the caller waits for all of them. */
const MAX_FILES = 200;

/** Time zones go from UTC−12 to UTC+14. */
const OFFSET = { min: -12 * 60, max: 14 * 60 };

/** What cannot be in base64, the URL-safe alphabet and line breaks included. */
const BASE64 = /^[\w+/\-=\s]+$/;

const chatText = z
  .string()
  .min(1)
  .max(MAX_TEXT_CHARACTERS)
  .refine((text) => !text.includes('\0'), { error: 'Null characters are not allowed.' });

/** The vendor's document folds the fields of these two lists away, so several names are understood. */
const participant = z
  .preprocess(
    (value) => renamed(value, { name: ['display_name'], phone_number: ['wa_id', 'phone'] }),
    z.object({
      name: textField({ max: 300 }).optional(),
      phone_number: textField({ max: 100 }).transform((text, c) => {
        const waId = numberIn(text);
        const message = hasNationalZero(text) ? NO_LEADING_ZERO : 'Not a valid phone number.';
        if (waId === undefined) c.addIssue({ code: 'custom', message });
        return waId ?? '';
      }),
    }),
  )
  .transform(({ name, phone_number: waId }): Participant => ({ name: name ?? '', waId }));

const upload = z.object({
  filename: textField({ min: 1, max: 255 }),
  content: z.instanceof(Blob),
});

const encodedFile = z
  .preprocess(
    (value) =>
      renamed(value, {
        filename: ['name', 'file_name'],
        file_encoded: ['file', 'content', 'data'],
      }),
    z.object({
      filename: textField({ min: 1, max: 255 }),
      file_encoded: z
        .string()
        .transform((text) => text.replace(/^data:[^,]*;base64,/, ''))
        .refine((text) => BASE64.test(text), {
          error: 'The submitted data was not a file: it must be in base64.',
        }),
    }),
  )
  .transform(({ filename, file_encoded: text }): ImportFile => ({
    filename,
    content: new Blob([Buffer.from(text, 'base64')]),
  }));

/** The body of an import, from JSON or from a form (see `readImportBody`). */
export const importSchema = z
  .object({
    chat_text: chatText,
    chat_participants: listOf(participant, MAX_PARTICIPANTS).nullish(),
    utc_offset_minutes: integerField(OFFSET),
    device_language_code: textField({ min: 2, max: 35 }).refine(isLocale, {
      error: 'Must be a locale such as "en-US" or "de".',
    }),
    media_files: z
      .array(z.union([encodedFile, upload]))
      .max(MAX_FILES)
      .nullish(),
  })
  .transform((body): ChatImport => ({
    chatText: body.chat_text,
    participants: body.chat_participants ?? [],
    utcOffsetMinutes: body.utc_offset_minutes,
    languageCode: body.device_language_code,
    files: body.media_files ?? [],
  }));

/** Not zod's own `max`, which would count the characters of a text, too. */
function listOf<Item extends z.ZodType>(item: Item, max: number) {
  return z.array(item).refine((list) => list.length <= max, {
    error: `Ensure this field has no more than ${max} elements.`,
  });
}

function isLocale(text: string): boolean {
  return /^[a-z]{2,3}(?:[-_][a-z\d]{2,8})*$/i.test(text);
}

/** Puts values under the first name of theirs. */
function renamed(value: unknown, names: Readonly<Record<string, readonly string[]>>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const fields: Record<string, unknown> = { ...value };
  for (const [name, others] of Object.entries(names)) {
    for (const other of others) fields[name] ??= fields[other];
  }
  return fields;
}
