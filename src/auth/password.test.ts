import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './password.ts';

/** Milliseconds that it takes to refuse a wrong password. */
async function timeOf(encoded: string | null): Promise<number> {
  const start = performance.now();
  await verifyPassword('wrong', encoded);
  return performance.now() - start;
}

describe('hashPassword', () => {
  it('says how the hash was made, so that a later setting can tell the old ones', async () => {
    expect(await hashPassword('secret')).toMatch(/^scrypt\$16384\$8\$5\$[\w-]{22}\$[\w-]{43}$/);
  });

  it('salts: the same password has another hash each time', async () => {
    expect(await hashPassword('secret')).not.toBe(await hashPassword('secret'));
  });
});

describe('verifyPassword', () => {
  it('accepts the password', async () => {
    expect(await verifyPassword('Secret 1', await hashPassword('Secret 1'))).toBe(true);
  });

  it.each(['secret 1', 'Secret 1 ', 'Secret', ''])(
    'refuses %j, which is near it',
    async (wrong) => {
      expect(await verifyPassword(wrong, await hashPassword('Secret 1'))).toBe(false);
    },
  );

  it('accepts the same letters composed otherwise', async () => {
    expect(await verifyPassword('cafe\u0301', await hashPassword('caf\u00e9'))).toBe(true);
  });

  it('checks a hash by the settings it was made with', async () => {
    // RFC 7914, section 12: scrypt("password", "NaCl", N=1024, r=8, p=16), its first 32 bytes.
    const digest = Buffer.from(
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162',
      'hex',
    );
    const salt = Buffer.from('NaCl').toString('base64url');
    const encoded = `scrypt$1024$8$16$${salt}$${digest.toString('base64url')}`;
    expect(await verifyPassword('password', encoded)).toBe(true);
    expect(await verifyPassword('passwore', encoded)).toBe(false);
  });

  it('refuses every password where there is none', async () => {
    expect(await verifyPassword('', null)).toBe(false);
    expect(await verifyPassword('secret', null)).toBe(false);
  });

  it.each(['', 'secret', 'md5$secret', 'scrypt$16384$8$5$$'])(
    'refuses the hash %j',
    async (hash) => {
      expect(await verifyPassword('secret', hash)).toBe(false);
    },
  );

  it('does the same work for an unknown user as for a known one', async () => {
    const hash = await hashPassword('secret');
    // Without the dummy hash the first would take microseconds; the bound leaves room for a busy machine.
    const unknown = Math.max(await timeOf(null), await timeOf(null));
    const known = Math.min(await timeOf(hash), await timeOf(hash));
    expect(unknown).toBeGreaterThan(known / 4);
  });
});
