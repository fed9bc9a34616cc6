import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StackConfig } from '../config.ts';
import { isProviderKey } from './provider.ts';
import { testConfig } from './config.test-support.ts';

/** Whose phone number a key belongs to, as the pretended WABA sees it. */
const NUMBERS: Record<string, string> = {
  'own-key': '111',
  'renewed-key': '111',
  'other-key': '222',
};

/** Each test has a stack of its own, because answers are remembered by stack. */
let config: StackConfig;
const asked: string[] = [];

/** Answers like 360dialog's `GET /health_status`. */
function answerHealth(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const key = new Headers(init?.headers).get('D360-API-KEY') ?? '';
  asked.push(key);
  expect(input).toBe('https://waba.example/health_status');
  const id = NUMBERS[key];
  if (id === undefined) return Promise.resolve(new Response('{}', { status: 401 }));
  const entities = [
    { entity_type: 'WABA', id: '999', can_send_message: 'AVAILABLE' },
    { entity_type: 'PHONE_NUMBER', id, can_send_message: 'AVAILABLE' },
  ];
  return Promise.resolve(
    Response.json({ health_status: { can_send_message: 'AVAILABLE', entities } }),
  );
}

beforeEach(() => {
  config = testConfig();
  asked.length = 0;
  vi.spyOn(globalThis, 'fetch').mockImplementation(answerHealth);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('isProviderKey', () => {
  it('accepts the stack’s own key without asking', async () => {
    expect(await isProviderKey(config, 'own-key')).toBe(true);
    expect(asked).toEqual([]);
  });

  it('accepts another key of the same phone number', async () => {
    expect(await isProviderKey(config, 'renewed-key')).toBe(true);
  });

  it('refuses a valid key of another phone number', async () => {
    expect(await isProviderKey(config, 'other-key')).toBe(false);
  });

  it('refuses every key where the stack has none of its own', async () => {
    expect(await isProviderKey(testConfig({ d360ApiKey: undefined }), 'renewed-key')).toBe(false);
    expect(asked).toEqual([]);
  });

  it('refuses two keys that WABA names no number for, though they agree in that', async () => {
    vi.mocked(fetch).mockResolvedValue(Response.json({ health_status: { entities: [] } }));
    expect(await isProviderKey(config, 'renewed-key')).toBe(false);
  });

  it.each([
    ['an unknown key', async () => new Response('{}', { status: 401 })],
    ['a failing WABA', async () => new Response('oops', { status: 500 })],
    ['a redirect', async () => new Response(null, { status: 302, headers: { Location: '/' } })],
    ['an answer that is no JSON', async () => new Response('<html>')],
    ['an answer of another shape', async () => Response.json({ health_status: 'fine' })],
    ['no answer', () => Promise.reject(new TypeError('fetch failed'))],
  ])('takes %s for an invalid key', async (_what, answer) => {
    vi.mocked(fetch).mockImplementation(answer);
    expect(await isProviderKey(config, 'renewed-key')).toBe(false);
  });

  it('never follows a redirect with the key and gives up on a WABA that hangs', async () => {
    await isProviderKey(config, 'renewed-key');
    expect(vi.mocked(fetch).mock.calls[0]?.[1]).toMatchObject({
      redirect: 'manual',
      signal: expect.any(AbortSignal),
    });
  });

  it('remembers good and bad answers for a minute', async () => {
    vi.useFakeTimers();
    for (let time = 0; time < 3; time += 1) {
      expect(await isProviderKey(config, 'renewed-key')).toBe(true);
      expect(await isProviderKey(config, 'nonsense')).toBe(false);
    }
    expect(asked).toEqual(['renewed-key', 'own-key', 'nonsense']);
    vi.advanceTimersByTime(60_000);
    await isProviderKey(config, 'renewed-key');
    expect(asked).toHaveLength(5);
  });

  it('does not remember that there was no answer', async () => {
    vi.mocked(fetch).mockRejectedValue(new TypeError('fetch failed'));
    expect(await isProviderKey(config, 'renewed-key')).toBe(false);
    vi.mocked(fetch).mockImplementation(answerHealth);
    expect(await isProviderKey(config, 'renewed-key')).toBe(true);
  });

  it('asks WABA about a bounded number of keys a minute, and still knows its own', async () => {
    vi.useFakeTimers();
    const guesses = Array.from({ length: 1_000 }, (_, n) => isProviderKey(config, `guess-${n}`));
    expect(await Promise.all(guesses)).not.toContain(true);
    expect(asked.length).toBe(256);
    expect(await isProviderKey(config, 'own-key')).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(await isProviderKey(config, 'renewed-key')).toBe(true);
  });
});

describe("a key at a stack whose number Meta's own API serves", () => {
  it('is the one that is set or none: Meta is shown nothing', async () => {
    const meta = { accessToken: 't', phoneNumberId: '1', wabaId: undefined, appId: undefined };
    const served = testConfig({ meta });
    const calls = vi.spyOn(globalThis, 'fetch');
    expect(await isProviderKey(served, 'own-key')).toBe(true);
    expect(await isProviderKey(served, 'renewed-key')).toBe(false);
    expect(calls).not.toHaveBeenCalled();
  });
});
