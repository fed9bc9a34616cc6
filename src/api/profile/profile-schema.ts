import { z } from '@hono/zod-openapi';
import { codeOfVertical, UNNAMED_VERTICALS, VERTICALS } from '../../inbox/profile/vertical.ts';
import { textField } from '../fields.ts';

/** The profile in an answer: the shape of `presentProfile`. */
export const profileSchema = z
  .object({
    about: z.string(),
    address: z.string(),
    description: z.string(),
    email: z.string(),
    messaging_product: z.literal('whatsapp'),
    vertical: z.string().openapi({ example: 'Automotive' }),
    websites: z.array(z.string()),
  })
  .openapi('BusinessProfile');

/** WhatsApp's limits, in characters (Cloud API, Business profiles). */
const MAX_ABOUT = 139;
const MAX_ADDRESS = 256;
const MAX_DESCRIPTION = 512;
const MAX_EMAIL = 128;
const MAX_WEBSITE = 256;
const MAX_WEBSITES = 2;

/** Of a wrong choice, in characters. */
const MAX_SHOWN = 60;

/** The text that people see beside the name. */
const aboutField = textField({ min: 1, max: MAX_ABOUT });

const verticals = { ...VERTICALS, ...UNNAMED_VERTICALS };

/** An industry by a name, in any case, or a code; empty, as a number without one is shown, for none. */
const verticalField = z
  .string()
  .refine((vertical) => codeOfVertical(vertical) !== undefined, {
    error: (issue) => `"${String(issue.input).slice(0, MAX_SHOWN)}" is not a valid choice.`,
  })
  .openapi({ enum: [...Object.keys(verticals), ...Object.values(verticals), ''] });

const websites = z.preprocess(
  asList,
  z.array(z.url({ protocol: /^https?$/ }).max(MAX_WEBSITE)).max(MAX_WEBSITES),
);

/** What is to change in the profile; what is left out stays, null empties a field. */
export const profileBody = z
  .object({
    about: emptiedByNull(textField({ max: MAX_ABOUT }), ''),
    address: emptiedByNull(textField({ max: MAX_ADDRESS }), ''),
    description: emptiedByNull(textField({ max: MAX_DESCRIPTION }), ''),
    email: emptiedByNull(
      textField({ max: MAX_EMAIL }).refine(
        (email) => email === '' || z.email().safeParse(email).success,
        { error: 'Enter a valid email address.' },
      ),
      '',
    ),
    messaging_product: z.literal('whatsapp').nullish(),
    vertical: emptiedByNull(verticalField, ''),
    websites: emptiedByNull(websites, []).openapi({
      type: 'array',
      items: { type: 'string', format: 'uri' },
      maxItems: MAX_WEBSITES,
    }),
  })
  .openapi('BusinessProfileChange');

const nestedAbout = <Text extends z.ZodType>(text: Text) =>
  z.object({ profile: z.object({ about: z.object({ text }) }) });

/** The about in an answer. */
export const aboutSchema = z.object({ settings: nestedAbout(z.string()) }).openapi('ProfileAbout');

/** The about to be: as it is answered, or the text alone, which the service's own client sends. */
export const aboutBody = z
  .object({ settings: nestedAbout(aboutField).optional(), text: aboutField.optional() })
  .refine((body) => body.settings !== undefined || body.text !== undefined, {
    path: ['settings'],
    error: 'This field is required.',
  })
  .openapi('ProfileAboutChange');

/** A field that may be left out, or null for `empty`. */
function emptiedByNull<Field extends z.ZodType>(field: Field, empty: z.output<Field>) {
  return field
    .nullable()
    .transform((value): z.output<Field> => value ?? empty)
    .optional();
}

/** A form sends one website as a text. */
function asList(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.trim() === '' ? [] : [value.trim()];
}
