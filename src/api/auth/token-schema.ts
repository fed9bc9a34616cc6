import { z } from '@hono/zod-openapi';

/** The answer that carries an API token. */
export const tokenSchema = z
  .object({ token: z.string().openapi({ example: '8aeb44f5a318542d32bb13019d68198467ee21f0' }) })
  .openapi('Token');
