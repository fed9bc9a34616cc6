import { describe, expect, it } from 'vitest';
import { faulty } from './faulty-server.test-support.ts';
import { AS_IT_CAME } from './read-answer.ts';

/** Reads a body to its end with nothing but fetch's own signal; returns how that ended, and after how long. */
async function readToEnd(url: string, signal: AbortSignal): Promise<[unknown, number]> {
  const startedAt = Date.now();
  const outcome = await fetch(url, { signal, ...AS_IT_CAME })
    .then((response) => response.arrayBuffer())
    .catch((error: unknown) => (error instanceof Error ? error.name : error));
  return [outcome, Date.now() - startedAt];
}

describe("the runtime's fetch", () => {
  it.each(['silent', 'trickle', 'endless'])(
    'ends by its own signal what is %s, and lets go of the connection',
    async (fault) => {
      const server = faulty(fault);
      const [outcome, tookMs] = await readToEnd(server.url, AbortSignal.timeout(300));
      expect(outcome).toBe('TimeoutError');
      expect(tookMs).toBeGreaterThanOrEqual(290);
      expect(tookMs).toBeLessThan(5_000);
      await server.isLetGo();
    },
  );
});
