import { createHash } from 'node:crypto';
import { z } from 'zod';
import { OTHER_DIALECTS, type OtherDialect } from './dialect-names.ts';

/** The surfaces of other vendors that a stack has: their names in a row; `none` or nothing for none. */
export const dialectsSetting = z
  .string()
  .default('none')
  .transform((list) => list.split(/[\s,]+/).filter((name) => name !== '' && name !== 'none'))
  .pipe(
    z.custom<OtherDialect[]>(areDialects, `must be none, or some of ${OTHER_DIALECTS.join(', ')}`),
  )
  .transform((names): ReadonlySet<OtherDialect> => new Set(names));

function areDialects(names: unknown): boolean {
  const known: readonly unknown[] = OTHER_DIALECTS;
  return Array.isArray(names) && names.every((name) => known.includes(name));
}

/** An integer that ChatApp's clients know a stack by; one of 32 bits, as they keep it. */
export const chatappIdSetting = z.coerce
  .number('must be a number')
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(2 ** 31 - 1, 'must be below 2147483648')
  .optional();

/** An integer from 1 on, of 31 bits, that a stack's name always has for one purpose. */
export function stableInteger(stack: string, purpose: string): number {
  const hash = createHash('sha256').update(`waypost:${stack}:${purpose}`).digest();
  return (hash.readUInt32BE() % (2 ** 31 - 1)) + 1;
}
