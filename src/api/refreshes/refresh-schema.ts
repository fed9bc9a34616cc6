import { z } from '@hono/zod-openapi';

/** Whether a refresh is under way. */
export const refreshStatusSchema = z
  .object({ currently_refreshing: z.boolean() })
  .openapi('RefreshStatus');

/** The answer to a request for a refresh. */
export const refreshRequestSchema = z.object({}).openapi('RefreshRequest');
