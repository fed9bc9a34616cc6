import { z } from '@hono/zod-openapi';
import { booleanField, integerField, textField } from '../fields.ts';

/** A template in an answer: the shape of `presentTemplate`. */
export const templateSchema = z
  .object({
    id: z.string().nullable().openapi({ description: "WhatsApp's id." }),
    name: z.string(),
    language: z.string(),
    category: z.string(),
    components: z.array(z.unknown()),
    namespace: z.string(),
    rejected_reason: z.string(),
    status: z.string().openapi({ example: 'approved' }),
  })
  .openapi('Template');

/** What WhatsApp takes as a name, and a language with or without its country. */
const NAME = /^[a-z0-9_]+$/;
const LANGUAGE = /^[a-z]{2,3}(?:_[A-Za-z]{2,4})?$/;

/** WhatsApp knows a handful of kinds of components. */
const MAX_COMPONENTS = 20;

/** A template to be made. What its components may hold, WhatsApp judges. */
export const newTemplateBody = z
  .object({
    name: textField({ min: 1, max: 512 }).refine((name) => NAME.test(name), {
      error: 'Enter lower-case letters, digits and underscores only.',
    }),
    category: textField({ min: 1, max: 100 }).openapi({ example: 'UTILITY' }),
    language: textField({ min: 1, max: 20 })
      .refine((language) => LANGUAGE.test(language), {
        error: 'Enter a language code such as en or en_US.',
      })
      .openapi({ example: 'en_US' }),
    components: z.array(z.record(z.string(), z.unknown())).min(1).max(MAX_COMPONENTS),
    allow_category_change: booleanField.optional(),
    parameter_format: textField({ min: 1, max: 20 }).optional(),
    message_send_ttl_seconds: integerField().optional(),
    cta_url_link_tracking_opted_out: booleanField.optional(),
    sub_category: textField({ min: 1, max: 100 }).optional(),
  })
  .openapi('NewTemplate');
