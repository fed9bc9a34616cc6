import { z } from '@hono/zod-openapi';

/** Which file a path names. */
export const mediaParams = z.object({
  id: z.string().openapi({ description: 'Our id of the file, or WhatsApp’s of one that came in.' }),
});
