import { z } from '@hono/zod-openapi';

/** A password as it was typed: spaces around it belong to it. */
export const passwordField = z.string().min(1);
