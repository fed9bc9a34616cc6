import { describe, expect, it } from 'vitest';
import { faulty } from '../outbound/faulty-server.test-support.ts';
import type { WabaResult } from './answer-of.ts';
import { callWaba, type WabaRequest } from './call-waba.ts';

interface Called {
  result: WabaResult;
  tookMs: number;
}

async function call(base: string, request: Partial<WabaRequest> = {}): Promise<Called> {
  const startedAt = Date.now();
  const access = { wabaApiUrl: base, d360ApiKey: 'key' };
  const whole: WabaRequest = { method: 'GET', path: '/x', deadlineMs: 400, ...request };
  const result = await callWaba(access, whole);
  return { result, tookMs: Date.now() - startedAt };
}

describe("a call to WABA, with the runtime's own fetch", () => {
  it.each(['GET', 'POST'] as const)('is lost at its deadline: %s', async (method) => {
    const waba = faulty('silent');
    const body = method === 'POST' ? { body: '{"type":"text"}' } : {};
    const { result, tookMs } = await call(waba.url, { method, ...body });
    expect(result).toMatchObject({ kind: 'lost' });
    expect(tookMs).toBeGreaterThanOrEqual(390);
    expect(tookMs).toBeLessThan(5_000);
    await waba.isLetGo();
  });

  it('knows the status at its deadline where the body trickles', async () => {
    const waba = faulty('trickle', 503);
    const { result, tookMs } = await call(waba.url);
    expect(result).toEqual({
      kind: 'answered',
      status: 503,
      body: undefined,
      retryAfterMs: 600_000,
    });
    expect(tookMs).toBeGreaterThanOrEqual(390);
    expect(tookMs).toBeLessThan(5_000);
    await waba.isLetGo();
  });

  it.each(['half', 'endless'])('knows the status where the body is %s', async (fault) => {
    const waba = faulty(fault, 200);
    const { result } = await call(waba.url, { deadlineMs: 5_000 });
    expect(result).toMatchObject({ kind: 'answered', status: 200, body: undefined });
    await waba.isLetGo();
  });

  it('reads a whole answer', async () => {
    const { result } = await call(faulty('whole', 201).url, { deadlineMs: 5_000 });
    expect(result).toMatchObject({ kind: 'answered', status: 201, body: { a: 1 } });
  });

  it('is lost where the connection breaks, and not sent where nothing listens', async () => {
    const broken = await call(faulty('broken').url, { deadlineMs: 5_000 });
    expect(broken.result).toMatchObject({ kind: 'lost' });
    const refused = await call('http://127.0.0.1:9', { deadlineMs: 5_000 });
    expect(refused.result).toMatchObject({ kind: 'unsent' });
  });
});
