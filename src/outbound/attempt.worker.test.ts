import { describe, expect, it } from 'vitest';
import { faulty } from './faulty-server.test-support.ts';
import { attempt, type Attempt, type AttemptPolicy } from './attempt.ts';
import { newWebhookSecret } from './signature.ts';

const POLICY: AttemptPolicy = { allowPrivate: true, ownHosts: [], deadlineMs: 400 };

function attemptAt(url: string, deadlineMs = POLICY.deadlineMs): Promise<Attempt> {
  const body = new TextEncoder().encode('{"a":1}');
  const request = { url, headers: {}, secrets: [newWebhookSecret()], id: 'e-1', body };
  return attempt(request, { ...POLICY, deadlineMs });
}

const textOf = ({ answer }: Attempt): string => new TextDecoder().decode(answer?.body);

describe("an attempt, with the runtime's own fetch", () => {
  it('ends at its deadline where no answer comes', async () => {
    const receiver = faulty('silent');
    const made = await attemptAt(receiver.url);
    expect(made).toMatchObject({ response: { kind: 'failed', error: 'timeout' }, answer: null });
    expect(made.latencyMs).toBeGreaterThanOrEqual(390);
    expect(made.latencyMs).toBeLessThan(5_000);
    await receiver.isLetGo();
  });

  it.each([
    [200, { kind: 'failed', error: 'timeout', status: 200 }],
    [410, { kind: 'answered', status: 410 }],
    [503, { kind: 'answered', status: 503, retryAfterMs: 600_000 }],
    [500, { kind: 'answered', status: 500 }],
  ])('ends at its deadline where the body of a %i trickles', async (status, response) => {
    const receiver = faulty('trickle', status);
    const made = await attemptAt(receiver.url);
    expect(made.response).toEqual(response);
    expect(textOf(made)).toMatch(/^\.+$/);
    expect(made.latencyMs).toBeGreaterThanOrEqual(390);
    expect(made.latencyMs).toBeLessThan(5_000);
    await receiver.isLetGo();
  });

  it.each([
    [202, { kind: 'failed', error: 'connection', status: 202 }],
    [410, { kind: 'answered', status: 410 }],
    [429, { kind: 'answered', status: 429, retryAfterMs: 600_000 }],
  ])('knows the status %i of a body that breaks off', async (status, response) => {
    const made = await attemptAt(faulty('half', status).url, 5_000);
    expect(made.response).toEqual(response);
    expect(textOf(made)).toBe('half');
  });

  it('knows the status of an endless body, and reads a piece of it', async () => {
    const receiver = faulty('endless');
    const made = await attemptAt(receiver.url, 5_000);
    expect(made.response).toEqual({ kind: 'answered', status: 200 });
    expect(made.answer?.body).toHaveLength(16 * 1024);
    await receiver.isLetGo();
  });

  it('says when the connection breaks or is refused', async () => {
    for (const url of [faulty('broken').url, 'http://127.0.0.1:1999/']) {
      const { response } = await attemptAt(url, 5_000);
      expect(response).toEqual({ kind: 'failed', error: 'connection' });
    }
  });
});
