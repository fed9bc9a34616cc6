import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RefreshBell } from './refresh-bell.ts';

const NOW = 1_760_000_000_000;
const ring = vi.fn(async () => undefined);

beforeEach(() => {
  ring.mockReset();
});

describe('the bell for what is fetched from WABA', () => {
  it('rings once in a while only while something stays due, and at each alarm of a minute', async () => {
    const bell = new RefreshBell(true, ring);
    for (const at of [NOW, NOW + 1_000, NOW + 49_000]) await bell.ring(at);
    expect(ring).toHaveBeenCalledTimes(1);
    await bell.ring(NOW + 60_000);
    expect(ring).toHaveBeenCalledTimes(2);
  });

  it('rings at the next look where the queue was away', async () => {
    const bell = new RefreshBell(true, ring);
    ring.mockRejectedValueOnce(new Error('away'));
    await expect(bell.ring(NOW)).rejects.toThrow('away');
    await bell.ring(NOW + 1_000);
    expect(ring).toHaveBeenCalledTimes(2);
  });

  it('does not ring where there is no key for WABA', async () => {
    await new RefreshBell(false, ring).ring(NOW);
    expect(ring).not.toHaveBeenCalled();
  });
});
