/** Deeper than any message; SQLite reads JSON up to 1,000 levels, and recursion has an end too. */
const MAX_DEPTH = 100;

/** Whether lists and objects are nested in each other beyond what the rest of the Worker can walk. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    );
  }
  return false;
}
