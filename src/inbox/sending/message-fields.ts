import { z } from 'zod';

/** A text of so many characters; an emoji counts once, however many UTF-16 units it has. */
export function characters(max: number, min = 1) {
  return z
    .string()
    .refine((text) => text.length >= min, { error: 'This field may not be blank.' })
    .refine((text) => text.length <= max || Array.from(text).length <= max, {
      error: `Ensure this field has no more than ${max} characters.`,
    })
    .refine((text) => !text.includes('\0'), { error: 'Null characters are not allowed.' });
}

/** A number, as such or, as forms have it, in digits. */
const decimal = z.union([
  z.number(),
  z
    .string()
    .regex(/^\s*[+-]?\d+(\.\d+)?\s*$/, 'A valid number is required.')
    .transform(Number),
]);

/** A number within bounds. */
export function decimalWithin(min: number, max: number) {
  return decimal.refine((value) => value >= min && value <= max, {
    error: `Ensure this value is between ${min} and ${max}.`,
  });
}

/** A boolean, as such or as a form spells it. */
export const flag = z.union([
  z.boolean(),
  z.enum(['true', 'True', '1']).transform(() => true),
  z.enum(['false', 'False', '0']).transform(() => false),
]);

/** A link that WhatsApp can fetch. */
const webLink = z.url({ protocol: /^https?$/, error: 'Enter a valid URL.' });

/** Far above WhatsApp's ids, and ours. */
const MAX_ID = 256;

/** A file by WABA's id of it or ours, or by a link, with a caption where the type has one. */
export function media(maxCaption: number) {
  return z
    .looseObject({
      id: characters(MAX_ID).optional(),
      link: webLink.optional(),
      caption: characters(maxCaption, 0).optional(),
    })
    .superRefine((file, context) => {
      if (file.id !== undefined || file.link !== undefined) return;
      context.addIssue({ code: 'custom', path: ['link'], message: 'This field is required.' });
    });
}
