import { afterEach, describe, expect, it, vi } from 'vitest';
import { isProviderKey } from '../auth/provider.ts';
import { answerRequests, stack } from '../inbox/media/media.test-support.ts';
import { accessToken } from '../inbox/push/access-token.ts';
import { newAccount } from '../inbox/push/push.test-support.ts';
import { sendPush } from '../inbox/push/send-push.ts';
import { faulty } from './faulty-server.test-support.ts';
import { largePieces, readBody } from './read-body.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A body in pieces of so many bytes, which is cancelled by `onCancel`, or fails at its end. */
function bodyOf(sizes: readonly number[], onCancel?: () => void, fault?: Error): ReadableStream {
  const left = [...sizes];
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const size = left.shift();
      if (size !== undefined) controller.enqueue(new Uint8Array(size).fill(1));
      else if (fault === undefined) controller.close();
      else controller.error(fault);
    },
    ...(onCancel && { cancel: onCancel }),
  });
}

describe('reading a body', () => {
  it.each([
    ['nothing', [], 0],
    ['less than may come', [3, 4], 7],
    ['as much as may come', [3, 5, 2], 10],
  ])('comes to its end with %s', async (_, sizes, size) => {
    const { bytes, end } = await readBody(bodyOf(sizes), 10);
    expect([bytes.length, end]).toEqual([size, 'whole']);
  });

  it('keeps what was asked for of a longer one, and lets go of the rest', async () => {
    const cancelled = vi.fn();
    const { bytes, end } = await readBody(bodyOf([6, 6, 6, 6], cancelled), 10);
    expect([bytes.length, end]).toEqual([10, 'bound']);
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it('keeps what came of one that breaks off, and why it did', async () => {
    const fault = new Error('reset');
    const { bytes, end, cause } = await readBody(bodyOf([3, 4], undefined, fault), 10);
    expect([bytes.length, end, cause]).toEqual([7, 'broken', fault]);
  });

  it('takes none for an empty one', async () => {
    expect(await readBody(null, 10)).toEqual({ bytes: new Uint8Array(), end: 'whole' });
  });

  it('has large pieces of one that comes in bytes', async () => {
    const sizes: number[] = [];
    for await (const piece of largePieces(bodyOf(Array.from({ length: 70_000 }, () => 1)))) {
      sizes.push(piece.length);
    }
    expect(sizes).toEqual([65_536, 4_464]);
  });
});

describe('an answer without end is read no further than it may be long', () => {
  it("of WABA's health, which tells whose a key is", async () => {
    const waba = faulty('endless');
    const config = { ...stack.config, wabaApiUrl: waba.url };
    expect(await isProviderKey(config, 'a-key-of-somebody')).toBe(false);
    await waba.isLetGo();
  });

  it("of Google's, for an access token", async () => {
    const google = faulty('endless');
    const account = { ...(await newAccount()), tokenUrl: google.url };
    await expect(accessToken(account, Date.now())).rejects.toThrow('gave no access token');
    await google.isLetGo();
  });

  it("of Firebase's, to a push message", async () => {
    const firebase = faulty('endless', 503);
    const account = await newAccount();
    answerRequests(({ url }) =>
      url === account.tokenUrl
        ? Response.json({ access_token: 'a', expires_in: 3_600 })
        : new URL(firebase.url),
    );
    const note = { title: 't', body: 'b', data: {}, chat: '1' };
    expect(await sendPush(account, 'device', note)).toEqual({
      kind: 'failed',
      reason: 'FCM answered 503.',
    });
    vi.restoreAllMocks();
    await firebase.isLetGo();
  });
});
