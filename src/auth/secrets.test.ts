import { describe, expect, it } from 'vitest';
import { equalInConstantTime } from './constant-time.ts';
import { derivedKey } from './derived-key.ts';
import { open, reseal, seal } from './secret-box.ts';
import { isSignedPath, signPath } from './signed-url.ts';
import { testConfig } from './config.test-support.ts';
import { hashToken, newNonce, tokenOf } from './token.ts';

const config = testConfig();

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function bytesOf(sealed: string): Buffer {
  return Buffer.from(sealed.slice('v1.'.length), 'base64url');
}

/** Whether a sealed text does not open. The message is the runtime's own and says nothing. */
async function isRefused(sealed: string): Promise<boolean> {
  return open(config, sealed).then(
    () => false,
    () => true,
  );
}

describe('equalInConstantTime', () => {
  it.each([
    ['', '', true],
    ['abc', 'abc', true],
    ['abc', 'abd', false],
    ['abc', 'abcd', false],
    ['', 'abc', false],
    ['é', 'e\u0301', false],
  ])('compares %j with %j, whatever their lengths: %s', (left, right, expected) => {
    expect(equalInConstantTime(left, right)).toBe(expected);
  });
});

describe('derivedKey', () => {
  it('gives the same 32 bytes each time, also to another isolate', () => {
    const key = derivedKey(config, 'at-rest');
    expect(key).toHaveLength(32);
    expect(hex(derivedKey(config, 'at-rest'))).toBe(hex(key));
    expect(hex(derivedKey(testConfig(), 'at-rest'))).toBe(hex(key));
  });

  it('is HKDF-SHA256 of the secret key with the stack and the purpose as its info', async () => {
    const secret = new TextEncoder().encode(config.secretKey);
    const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
    const info = new TextEncoder().encode('waypost:default:api-token');
    const bits = await crypto.subtle.deriveBits(
      { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
      base,
      256,
    );
    expect(hex(derivedKey(config, 'api-token'))).toBe(hex(new Uint8Array(bits)));
  });

  it.each([
    ['purpose', config, 'signed-url'],
    ['stack', testConfig({ name: 'acme' }), 'at-rest'],
    ['secret key', testConfig({ secretKey: 'another secret key of thirty-two chars' }), 'at-rest'],
  ] as const)('gives another key to another %s', (_what, other, purpose) => {
    expect(hex(derivedKey(other, purpose))).not.toBe(hex(derivedKey(config, 'at-rest')));
  });
});

describe('seal and open', () => {
  it.each(['', 'hello', '{"Authorization":"Token x"}', '€ 😀', 'x'.repeat(100_000)])(
    'give back what was sealed (case %#)',
    async (plain) => {
      expect(await open(config, await seal(config, plain))).toBe(plain);
    },
  );

  it('seals the same text differently each time, so that equal secrets do not look equal', async () => {
    expect(await seal(config, 'same')).not.toBe(await seal(config, 'same'));
  });

  it('says which version sealed it', async () => {
    expect(await seal(config, 'x')).toMatch(/^v1\.[\w-]+$/);
  });

  it('refuses what another stack sealed with the same secret key', async () => {
    const sealed = await seal(testConfig({ name: 'acme' }), 'secret');
    expect(await isRefused(sealed)).toBe(true);
  });

  it('refuses a text with any one character changed', async () => {
    const sealed = await seal(config, 'secret');
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      const forged = sealed.slice(0, at) + other + sealed.slice(at + 1);
      // The last character carries unused bits; changing only those changes nothing.
      if (at === sealed.length - 1 && bytesOf(forged).equals(bytesOf(sealed))) continue;
      expect(await isRefused(forged), `character ${at}`).toBe(true);
    }
  });

  it.each(['', 'v1.', 'v1.AAAA', 'v2.AAAA', 'plain text'])('refuses %j', async (sealed) => {
    expect(await isRefused(sealed)).toBe(true);
  });
});

describe('signPath', () => {
  const path = '/api/v1/media/20854d67-189e-4e78-a8ac-123/';
  const signed = (): URLSearchParams => new URLSearchParams(signPath(config, path, 1_000));

  it('opens the path until it expires, and not from that second on', () => {
    expect(isSignedPath(config, path, signed(), 999)).toBe(true);
    expect(isSignedPath(config, path, signed(), 1_000)).toBe(false);
  });

  it('counts with and without the trailing slash', () => {
    expect(isSignedPath(config, path.slice(0, -1), signed(), 999)).toBe(true);
  });

  it('lets the link carry other parameters', () => {
    const query = signed();
    query.set('mime_type_type', 'image');
    expect(isSignedPath(config, path, query, 999)).toBe(true);
  });

  it('does not open another path or another stack', () => {
    expect(isSignedPath(config, '/api/v1/media/other/', signed(), 999)).toBe(false);
    expect(isSignedPath(testConfig({ name: 'acme' }), path, signed(), 999)).toBe(false);
  });

  it.each([
    ['a later end', { expires: '2000' }],
    ['an end that is no number', { expires: 'never' }],
    ['no end', { expires: '' }],
    ['no signature', { signature: '' }],
    ['a cut signature', { signature: 'abc' }],
  ])('refuses %s', (_what, change) => {
    const query = new URLSearchParams({ ...Object.fromEntries(signed()), ...change });
    expect(isSignedPath(config, path, query, 999)).toBe(false);
  });

  it('refuses a link without any of it', () => {
    expect(isSignedPath(config, path, new URLSearchParams(), 0)).toBe(false);
  });
});

describe('tokenOf', () => {
  it('has the form of the service’s own tokens', () => {
    expect(tokenOf(config, 1, newNonce())).toMatch(/^[0-9a-f]{40}$/);
  });

  it('is the same for the same user and nonce, and another for another', () => {
    const token = tokenOf(config, 1, 'nonce');
    expect(tokenOf(testConfig(), 1, 'nonce')).toBe(token);
    expect(tokenOf(config, 2, 'nonce')).not.toBe(token);
    expect(tokenOf(config, 1, 'other')).not.toBe(token);
    expect(tokenOf(testConfig({ name: 'acme' }), 1, 'nonce')).not.toBe(token);
  });

  it('is found by its SHA-256', () => {
    expect(hashToken('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});

describe('a SECRET_KEY that was changed', () => {
  const NEW = 'another secret key of at least thirty-two characters';
  const changed = testConfig({ secretKey: NEW, oldSecretKey: config.secretKey });
  const without = testConfig({ secretKey: NEW });

  it('opens what the one before sealed while that is set beside it, and no longer', async () => {
    const sealed = await seal(config, 'secret');
    expect(await open(changed, sealed)).toBe('secret');
    const opened = open(without, sealed).then(
      () => true,
      () => false,
    );
    expect(await opened).toBe(false);
  });

  it('seals anew, so that the one before is needed no longer', async () => {
    const fresh = await reseal(changed, await seal(config, 'secret'));
    expect(await open(without, fresh ?? '')).toBe('secret');
    expect(await reseal(changed, fresh ?? '')).toBeUndefined();
    expect(await reseal(changed, 'v1.of-another-key')).toBeUndefined();
  });

  it('is what is sealed and signed with, whatever was before', async () => {
    expect(await open(without, await seal(changed, 'secret'))).toBe('secret');
    const query = new URLSearchParams(signPath(changed, '/p', 1_000));
    expect(isSignedPath(without, '/p', query, 0)).toBe(true);
    expect(isSignedPath(config, '/p', query, 0)).toBe(false);
  });

  it('keeps links that the one before signed', () => {
    const query = new URLSearchParams(signPath(config, '/p', 1_000));
    expect(isSignedPath(changed, '/p', query, 0)).toBe(true);
    expect(isSignedPath(without, '/p', query, 0)).toBe(false);
    expect(isSignedPath(changed, '/other', query, 0)).toBe(false);
  });
});
