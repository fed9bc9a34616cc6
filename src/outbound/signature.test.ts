import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { isWebhookSecret, newWebhookSecret, signAttempt } from './signature.ts';

/** The example of the Standard Webhooks specification. */
const SPEC_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OLD_SECRET = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

const NOW_SECONDS = Math.floor(Date.now() / 1000);

function signedWith(secrets: readonly string[], body: Uint8Array): Promise<string> {
  return signAttempt({ secrets, id: 'msg_1', timestampSeconds: NOW_SECONDS, body });
}

function verify(secret: string, body: string, signature: string): unknown {
  return new Webhook(secret).verify(body, {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(NOW_SECONDS),
    'webhook-signature': signature,
  });
}

describe('signAttempt', () => {
  it('signs the example of the specification as it says', async () => {
    const signature = await signAttempt({
      secrets: [SPEC_SECRET],
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestampSeconds: 1_614_265_330,
      body: new TextEncoder().encode('{"test": 2432232314}'),
    });
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it.each(['{"text":"Grüße, 世界 👋"}', '{}', '{"spaces" :  1.0e0}'])(
    'is accepted by an independent verifier: %s',
    async (body) => {
      const signature = await signedWith([SPEC_SECRET], new TextEncoder().encode(body));
      expect(verify(SPEC_SECRET, body, signature)).toEqual(JSON.parse(body));
    },
  );

  it('is refused by the verifier for a body with one byte changed', async () => {
    const signature = await signedWith([SPEC_SECRET], new TextEncoder().encode('{"a":1}'));
    expect(() => verify(SPEC_SECRET, '{"a":2}', signature)).toThrow('No matching signature');
  });

  it('signs with every secret during a rotation, so that either one verifies', async () => {
    const signature = await signedWith([SPEC_SECRET, OLD_SECRET], new TextEncoder().encode('{}'));
    expect(signature.split(' ')).toHaveLength(2);
    expect(verify(SPEC_SECRET, '{}', signature)).toEqual({});
    expect(verify(OLD_SECRET, '{}', signature)).toEqual({});
    expect(() => verify(newWebhookSecret(), '{}', signature)).toThrow('No matching signature');
  });

  it('signs bytes that are no UTF-8 as they are', async () => {
    const body = new Uint8Array([0x7b, 0xff, 0xfe, 0x00, 0x80, 0x7d]);
    const expected = createHmac('sha256', Buffer.from(OLD_SECRET.slice(6), 'base64'))
      .update(`msg_1.${NOW_SECONDS}.`)
      .update(body)
      .digest('base64');
    expect(await signedWith([OLD_SECRET], body)).toBe(`v1,${expected}`);
  });

  it('signs the part of a buffer that the body is, not the whole buffer', async () => {
    const part = new TextEncoder().encode('xx{"a":1}yy').subarray(2, 9);
    expect(verify(SPEC_SECRET, '{"a":1}', await signedWith([SPEC_SECRET], part))).toEqual({ a: 1 });
  });

  it.each([
    ['without its prefix', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['that is empty', 'whsec_'],
    ['that is not base64', 'whsec_not*base64'],
    ['in the URL alphabet', 'whsec_-_-_'],
    ['with a line break', 'whsec_MfKQ\n9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['cut short', 'whsec_MfKQ9'],
  ])('refuses a secret %s, without showing it', async (_, secret) => {
    await expect(signedWith([secret], new Uint8Array())).rejects.toThrow(
      new TypeError('A webhook secret is whsec_ followed by base64'),
    );
  });
});

describe('newWebhookSecret', () => {
  it('is whsec_ and 32 bytes in base64, which signs and verifies', async () => {
    const secret = newWebhookSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z\d+/]{43}=$/);
    const signature = await signedWith([secret], new TextEncoder().encode('{}'));
    expect(verify(secret, '{}', signature)).toEqual({});
  });

  it('is another one each time', () => {
    const secrets = new Set(Array.from({ length: 100 }, newWebhookSecret));
    expect(secrets.size).toBe(100);
  });
});

describe('isWebhookSecret', () => {
  const ofBytes = (bytes: number): string =>
    `whsec_${Buffer.alloc(bytes, 0xfe).toString('base64')}`;

  it.each<[string, string, boolean]>([
    ['24 bytes', ofBytes(24), true],
    ['64 bytes', ofBytes(64), true],
    ['one of ours', newWebhookSecret(), true],
    ['23 bytes', ofBytes(23), false],
    ['65 bytes', ofBytes(65), false],
    ['no prefix', ofBytes(32).slice(6), false],
    ['another prefix', ofBytes(32).replace('whsec_', 'WHSEC_'), false],
    ['the URL alphabet', ofBytes(32).replaceAll('/', '_').replaceAll('+', '-'), false],
    ['no padding', ofBytes(32).replace(/=+$/, ''), false],
    ['white space', `${ofBytes(24).slice(0, 20)} ${ofBytes(24).slice(20)}`, false],
    ['nothing after the prefix', 'whsec_', false],
  ])('takes 24 to 64 bytes in base64 after whsec_: %s', (_what, text, expected) => {
    expect(isWebhookSecret(text)).toBe(expected);
  });
});
