import { z } from '@hono/zod-openapi';

const provider = z.object({
  type: z.enum(['http', 'inbox']),
  name: z.string(),
  id: z.string(),
});

/** A contact in an answer. */
export const contactSchema = z
  .object({
    name: z.string(),
    initials: z.string(),
    phone_numbers: z.array(z.object({ phone_number: z.string(), description: z.string() })),
    email_addresses: z.array(z.string()),
    urls: z.array(z.string()),
    avatar: z.string().nullable(),
    large_avatar: z.string().nullable(),
    contact_provider: provider,
  })
  .openapi('Contact');

/** The providers whose contacts are missing in an answer. */
export const failedProvidersSchema = z.array(provider.extend({ reason: z.string() })).openapi({
  description: 'Contact providers that were down, or too slow to be waited for.',
});
