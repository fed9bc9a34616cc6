import type { z } from '@hono/zod-openapi';
import type { Context, ValidationTargets } from 'hono';
import { notFound } from '../error.ts';
import { fieldProblems, withReason } from './field-problems.ts';

interface Validated {
  target: keyof ValidationTargets;
  success: boolean;
  /** Where it failed: what was sent. */
  data?: unknown;
  error?: z.ZodError;
}

/**
 * What happens to a request that does not fit its route's schemas: 400 with the problems by field.
 * A path parameter of another kind names nothing that exists: throws `not_found`.
 */
export function refuseInvalid(result: Validated, c: Context): Response | undefined {
  if (result.error === undefined) return undefined;
  if (result.target === 'param') throw notFound();
  return c.json(withReason(fieldProblems(result.error.issues, result.data)), 400);
}
