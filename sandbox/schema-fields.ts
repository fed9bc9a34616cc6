import { z } from 'zod';

/** Meta's code for a value that is there but not acceptable. */
export const INVALID_VALUE = { code: 131009 };

/** Meta's code for something required that is not there. */
export const MISSING = { code: 131008 };

/** A string of that many characters; an emoji counts once however it is encoded. */
export function characters(max: number, min = 1) {
  return z.string().superRefine((text, context) => {
    const length = text.length <= max ? text.length : Array.from(text).length;
    if (length >= min && length <= max) return;
    context.addIssue({ code: 'custom', message: 'length', params: { min, max } });
  });
}

/** An http or https URL. */
export const WEB_URL = z.string().refine(isWebUrl, {
  message: 'must be a valid http or https URL',
  params: INVALID_VALUE,
});

/** The id of a WhatsApp message: at most 128 characters. */
export const WAMID = z.string().refine((id) => id.startsWith('wamid.') && id.length <= 128, {
  message: 'must be the id of a WhatsApp message',
  params: INVALID_VALUE,
});

/** A media object: an uploaded file's id or a link, and whatever else that type may carry. */
export function media<Shape extends z.ZodRawShape>(more: Shape) {
  return z
    .strictObject({ id: z.string().optional(), link: WEB_URL.optional(), ...more })
    .refine(hasSource, { message: 'needs an id or a link', params: MISSING });
}

/** Refuses two entries of a list that have the same string. Missing strings are no duplicates. */
export function distinct(texts: readonly (string | undefined)[]): boolean {
  const present = texts.filter((text) => text !== undefined);
  return new Set(present).size === present.length;
}

function isWebUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol);
}

function hasSource(value: object): boolean {
  return ('id' in value && value.id !== undefined) || ('link' in value && value.link !== undefined);
}
