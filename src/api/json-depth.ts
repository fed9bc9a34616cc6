/** Deeper than any message; SQLite reads JSON up to 1,000 levels, and recursion has an end too. */
const MAX_DEPTH = 100;

export const TOO_DEEP = 'Nested too deeply.';

/** More than the largest message has; zod keeps a problem for each that is wrong, and spreads them as arguments. */
const MAX_VALUES = 20_000;

/**
 * Says why the rest of the Worker could not walk a value: its lists and objects are nested too deeply in each
 * other, or hold too many values. Undefined where it can.
 */
export function shapeProblem(value: unknown): string | undefined {
  let level: unknown[] = [value];
  let count = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return TOO_DEEP;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      const inside: unknown[] = Object.values(item);
      count += inside.length;
      if (count > MAX_VALUES) return `It may have ${MAX_VALUES} values at most.`;
      for (const one of inside) next.push(one);
    }
    level = next;
  }
  return undefined;
}
